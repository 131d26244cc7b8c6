"""``stammis liability``."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stammis.config.cli.options import installed
from stammis.config.cli.progress import Work
from stammis.console.formats import percent, points
from stammis.console.owing import REASONS, alerts
from stammis.core.currencies import DECIMALS
from stammis.insight import services as insight
from stammis.insight.liability.proposals import effect, read_expiry
from stammis.insight.liability.report import MoneyMonth, Report, WalletReport
from stammis.insight.liability.writing import as_json, effect_json, tables
from stammis.programmes import queries as programmes

Day = click.DateTime(["%Y-%m-%d"])
TABLES = ("roll-forward", "points", "cohorts", "expiring", "cash-need", "checks")
SHOWN = 13
_FIGURES = ("opening", "issued", "redeemed", "expired", "estimate", "closing")


@click.command(short_help="What is owed for points, and how much of them is never redeemed.")
@click.option("--on", "day", type=Day, metavar="DAY", help="At the end of this day, as 2017-12-31. Default: now.")
@click.option("--table", "name", type=click.Choice(TABLES), default=TABLES[0], help="What a file holds.")
@click.option("--csv", "as_csv", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write CSV.")
@click.option(
    "--parquet", "as_parquet", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write Parquet."
)
@click.option("--expiry", metavar="JSON", help='What another rule would do, as {"kind": "days", "days": 365}.')
@click.option("--wallet", metavar="ID", help="Whose expiry. Default: the programme's first wallet.")
@click.option("--programme", metavar="ID", help="Needed where there are several.")
@click.option("--json", "as_values", is_flag=True, help="As JSON, as the API gives it.")
@installed(looks_only=True)
def command(  # noqa: PLR0917 - click hands every option over
    day: dt.datetime | None,
    name: str,
    as_csv: Path | None,
    as_parquet: Path | None,
    expiry: str | None,
    wallet: str | None,
    programme: str | None,
    as_values: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Reckon what is owed for points at the end of a day: a calculation for the accountant.

    It shows the outstanding points in money, how much of them is never redeemed (with its range), and from month to
    month why the contract liability changed. The report is kept; the console and the API show the same one.
    """
    scope = programmes.programme(programme)
    rule = None if expiry is None else read_expiry(expiry)
    with Work(_("Copying the history"), pgettext("after a number", "members")) as work:
        report = insight.liability(scope, day.date() if day else None, work.at)
    if as_csv is not None:
        as_csv.write_text(tables(report)[name].as_csv(), "utf-8")
    if as_parquet is not None:
        as_parquet.write_bytes(tables(report)[name].as_parquet())
    if rule is not None:
        told = effect_json(effect(report.book, wallet or report.wallets[0].wallet, rule), report.currency)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif as_values:
        click.echo(json.dumps(as_json(report), ensure_ascii=False, indent=2))
    elif as_csv is None and as_parquet is None:
        show(report)


def show(report: Report) -> None:
    """Print a report: what is outstanding, breakage, and the roll-forward of the last year."""
    decimals = DECIMALS[report.currency]
    click.echo(_("On %(day)s, in %(currency)s.") % {"day": report.on.isoformat(), "currency": report.currency})
    click.echo(_("A calculation for the accountant."))
    for wallet in report.wallets:
        money = "–" if wallet.outstanding_minor is None else points(wallet.outstanding_minor, decimals)
        click.echo(f"\n{wallet.wallet}")
        click.echo(f"  {_('Points outstanding')}: {points(wallet.outstanding, wallet.decimals)}")
        click.echo(f"  {_('Worth')}: {money}")
        click.echo(f"  {_('Never redeemed')}: {breakage(wallet)}")
    for title, lines in ((_("Contract liability"), report.contract), (_("Provision"), report.marketing)):
        click.echo(f"\n{title}")
        heads = (_("Opening"), _("Issued"), _("Redeemed"), _("Expired"), _("Re-estimate"), _("Closing"))
        click.echo(" " * 9 + "".join(f"{head:>14}" for head in heads))
        for line in lines[-SHOWN:]:
            click.echo(f"  {line.month}" + "".join(f"{each:>14}" for each in figures(line, decimals)))
    for alert in alerts(report):
        click.echo(alert, err=True)


def breakage(wallet: WalletReport) -> str:
    """Say how much is never redeemed, with its range, or why that cannot be told."""
    line = wallet.breakage
    if line.value is None or line.low is None or line.high is None:
        return f"– ({REASONS.get(line.reason or '', line.reason)})"
    held = {"held": sum(check.held for check in line.checks), "of": len(line.checks)}
    tried = _("%(held)s of %(of)s earlier ranges held what came. They overlap, and are no independent trials.") % held
    return f"{percent(line.value, 1)} ({percent(line.low, 1)}…{percent(line.high, 1)}). {tried}"


def figures(line: MoneyMonth, decimals: int) -> list[str]:
    """Write the figures of a month."""
    return [points(getattr(line, figure), decimals) for figure in _FIGURES]
