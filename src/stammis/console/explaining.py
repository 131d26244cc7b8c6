"""What the page about the liability says besides its figures: how good the estimate is, and how figures differ."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammis.console import formats, owing
from stammis.insight.liability.report import CheckLine, Report, WalletReport


def checked(wallet: WalletReport) -> list[str]:
    """Say in sentences how earlier estimates did: the one of about a year ago, and how many ranges held."""
    checks = wallet.breakage.checks
    if not checks:
        return []
    last = wallet.breakage.learnt_until
    year, number = last.split("-")
    ago = f"{int(year) - 1}-{number}"
    found = next((each for each in reversed(checks) if each.month <= ago), checks[0])
    said = {
        "then": owing.month(found.month, "yMMMM"),
        "expected": formats.percent(found.expected, 1),
        "low": formats.percent(found.low, 1),
        "high": formats.percent(found.high, 1),
        "now": owing.month(last, "yMMMM"),
        "came": formats.percent(found.came, 1),
    }
    sentences = [
        _(
            "At the end of %(then)s we would have said that %(expected)s (%(low)s to %(high)s) of the points known "
            "then are not redeemed by the end of %(now)s. It was %(came)s."
        )
        % said
    ]
    held = {"held": formats.number(sum(each.held for each in checks)), "of": formats.number(len(checks))}
    if len(checks) > 1:
        sentences.append(_leaning(checks))
    sentences.append(
        _("%(held)s of %(of)s earlier ranges held what came. They overlap, and are no independent trials.") % held
    )
    sentences.append(
        _(
            "A back-test may come to another share: it takes the curve of all points, whatever month they are of, up "
            "to the age that has been seen. Here each month of issue is estimated by itself, because each is owed by "
            "itself."
        )
    )
    if wallet.breakage.extrapolated > 0:
        share = {"share": formats.percent(wallet.breakage.extrapolated, 1)}
        sentences.append(_("%(share)s of the redemption lies at ages that no points have reached yet.") % share)
    return sentences


def _leaning(checks: Sequence[CheckLine]) -> str:
    """Say whether earlier estimates lay to one side of what came, which the count of ranges that held does not tell."""
    high, low = sum(each.expected > each.came for each in checks), sum(each.expected < each.came for each in checks)
    mean = sum(each.expected - each.came for each in checks) / len(checks)
    said = {
        "of": formats.number(len(checks)),
        "high": formats.number(high),
        "low": formats.number(low),
        "mean": formats.number(abs(mean) * 100, 1),
    }
    if high == len(checks):
        text = _(
            "All earlier estimates (%(of)s) were too high, on average by %(mean)s percentage points: more was redeemed "
            "than they said. If that goes on, more is owed than stands here."
        )
    elif low == len(checks):
        text = _(
            "All earlier estimates (%(of)s) were too low, on average by %(mean)s percentage points: less was redeemed "
            "than they said. If that goes on, less is owed than stands here."
        )
    elif mean > 0:
        text = _(
            "Of earlier estimates %(high)s were too high and %(low)s too low; on average they said %(mean)s percentage "
            "points too much."
        )
    else:
        text = _(
            "Of earlier estimates %(high)s were too high and %(low)s too low; on average they said %(mean)s percentage "
            "points too little."
        )
    return text % said


def between(report: Report, wallet: WalletReport) -> str:
    """Say why what is owed is not what the points that will be redeemed are worth; nothing where either is unknown."""
    worth = [each.minor for each in wallet.cash if each.minor is not None]
    if wallet.value is None or not worth:
        return ""
    said = {
        "owed": owing.money(report, wallet.contract[-1].closing + wallet.marketing[-1].closing),
        "worth": owing.money(report, sum(worth)),
    }
    text = _(
        "Liability and provision come to %(owed)s; the points that will still be redeemed are worth %(worth)s. The two "
        "differ because the liability is a part of the sales: it was allocated once, by what was expected at the end "
        "of the month of the sale, and is spread over the points that are expected to be redeemed now. The worth is "
        "today's value of those points."
    )
    return text % said


COLUMNS: tuple[tuple[Promise, Promise], ...] = (
    (
        gettext_lazy("Issued"),
        gettext_lazy(
            "what was allocated to the month's points, or provided for them, less the part of points taken back"
        ),
    ),
    (
        gettext_lazy("Redeemed"),
        gettext_lazy("the part of points that were redeemed, by the expectation of the month before"),
    ),
    (
        gettext_lazy("Expired"),
        gettext_lazy(
            "only points that were expected to be redeemed and ended instead. Nothing is owed for those that were "
            "never expected to be, so this is often 0 though points expire each month"
        ),
    ),
    (
        gettext_lazy("Re-estimate"),
        gettext_lazy(
            "the rest: at the end of the month another share is expected to be redeemed than at its beginning"
        ),
    ),
)
"""What the columns of the roll-forward in money say."""
