"""The report as programs and spreadsheets read it: JSON as the API answers it, tables as CSV and Parquet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from stammis.core.amounts import amount_text
from stammis.core.currencies import DECIMALS
from stammis.insight.liability.proposals import Effect, Side
from stammis.insight.liability.report import BreakageLine, CohortLine, MoneyMonth, MonthAhead, Report, WalletReport
from stammis.kit.spreadsheets import lines

NOTE = "A calculation for the accountant."
ALL = "all"
_PARTS = ("opening", "issued", "redeemed", "expired", "estimate", "closing")
_NAMES = {"outstanding_minor": "outstanding_money", "owed_minor": "liability", "provided_minor": "provision"}
_SHARE_DECIMALS = 6
Cell = str | int | float | Decimal | bool | None
Money = Callable[[int | None], str | None]


def as_json(report: Report, *, state: str = "done", reckoned_at: dt.datetime | None = None) -> dict[str, Any]:
    """Give a report as plain values: money as decimal text, points as whole numbers, shares from 0 to 1."""
    money = _money(report.currency)
    return {
        "state": state,
        "programme": report.programme,
        "on": report.on.isoformat(),
        "zone": report.zone,
        "complete": report.complete,
        "reckoned_at": None if reckoned_at is None else reckoned_at.isoformat(),
        "position": report.position,
        "currency": report.currency,
        "outstanding": money(report.outstanding_minor),
        "liability": money(report.contract[-1].closing),
        "provision": money(report.marketing[-1].closing),
        "roll_forward": [_money_month(line, money) for line in report.contract],
        "marketing_roll_forward": [_money_month(line, money) for line in report.marketing],
        "wallets": [_wallet(each, money) for each in report.wallets],
        "alerts": [msgspec.to_builtins(each) for each in report.alerts],
        "note": NOTE,
    }


def effect_json(effect: Effect, currency: str) -> dict[str, Any]:
    """Give what another expiry rule would do, as plain values."""
    money = _money(currency)
    return {
        "state": "done",
        "wallet": effect.wallet,
        "on": effect.on.isoformat(),
        "expiry": msgspec.to_builtins(effect.rule),
        "currency": currency,
        "now": _side(effect.now, money),
        "then": _side(effect.then, money),
        "at_once": _ahead(effect.at_once, money),
        "reason": effect.reason,
        "longer": effect.longer,
        "note": NOTE,
    }


def _side(side: Side, money: Money) -> dict[str, Any]:
    return {
        "still_redeemed": side.still,
        "liability": money(side.owed_minor),
        "provision": money(side.provided_minor),
        "breakage_of_new": _share(side.future),
        "expiring": [_ahead(each, money) for each in side.expiring],
    }


def _money(currency: str) -> Money:
    decimals = DECIMALS[currency]
    return lambda minor: None if minor is None else amount_text(minor, decimals)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, _SHARE_DECIMALS)


def _money_month(line: MoneyMonth, money: Money) -> dict[str, Any]:
    return {"month": line.month, **{part: money(getattr(line, part)) for part in _PARTS}}


def _wallet(wallet: WalletReport, money: Money) -> dict[str, Any]:
    return {
        "wallet": wallet.wallet,
        "decimals": wallet.decimals,
        "value": wallet.value,
        "outstanding": wallet.outstanding,
        "debts": wallet.debts,
        "outstanding_money": money(wallet.outstanding_minor),
        "liability": None if wallet.value is None else money(wallet.contract[-1].closing),
        "provision": None if wallet.value is None else money(wallet.marketing[-1].closing),
        "breakage": _breakage(wallet.breakage),
        "cohorts": [_cohort(each, money) for each in wallet.cohorts],
        "points": [msgspec.to_builtins(each) for each in wallet.months],
        "roll_forward": [_money_month(line, money) for line in wallet.contract],
        "marketing_roll_forward": [_money_month(line, money) for line in wallet.marketing],
        "expiring": [_ahead(each, money) for each in wallet.expiring],
        "cash_need": [
            {"month": each.month, "points": each.points, "money": money(each.minor), "interval": [each.low, each.high]}
            for each in wallet.cash
        ],
    }


def _breakage(line: BreakageLine) -> dict[str, Any]:
    said: dict[str, Any] = {
        "value": _share(line.value),
        "interval": None if line.low is None else [_share(line.low), _share(line.high)],
        "extrapolated": _share(line.extrapolated),
        "widened": round(line.widened, 3),
        "learnt_until": line.learnt_until,
        "checks": [
            {
                "month": each.month,
                "expected": _share(each.expected),
                "interval": [_share(each.low), _share(each.high)],
                "came": _share(each.came),
                "held": each.held,
            }
            for each in line.checks
        ],
    }
    if line.reason is not None:
        said["reason"] = line.reason
    return said


def _cohort(line: CohortLine, money: Money) -> dict[str, Any]:
    return {
        "month": line.month,
        "net": line.net,
        "redeemed": line.redeemed,
        "expired": line.expired,
        "outstanding": line.outstanding,
        "outstanding_money": money(line.outstanding_minor),
        "expected": line.expected,
        "method": line.method,
        "liability": money(line.owed_minor),
        "provision": money(line.provided_minor),
    }


def _ahead(each: MonthAhead, money: Money) -> dict[str, Any]:
    return {"month": each.month, "points": each.points, "lots": each.lots, "money": money(each.minor)}


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


@dataclass(frozen=True)
class Table:
    """A table that leaves the house: money as exact decimals, points as whole smallest units."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_csv(self) -> str:
        """Write it as CSV, with the mark by which spreadsheets know UTF-8."""
        return "".join(lines(self.columns, ([_text(cell) for cell in row] for row in self.rows)))

    def as_parquet(self) -> bytes:
        """Write it as Parquet."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        table = pa.table({name: pa.array(list(cells)) for name, cells in zip(self.columns, columns, strict=True)})
        target = io.BytesIO()
        pq.write_table(table, target)
        return target.getvalue()


def tables(report: Report) -> dict[str, Table]:
    """Give all tables of a report by their names; the first is the roll-forward that an accountant asks for."""
    places = DECIMALS[report.currency]

    def money(minor: int | None) -> Decimal | None:
        return None if minor is None else Decimal(minor).scaleb(-places)

    exact = {"outstanding_minor": money, "owed_minor": money, "provided_minor": money}
    return {
        "roll-forward": Table(("month", "kind", "wallet", "currency", *_PARTS), tuple(_rolled(report, money))),
        "points": _structs(report, "months", {}),
        "cohorts": _structs(report, "cohorts", exact),
        "expiring": Table(
            ("wallet", "month", "points", "lots", "money"),
            tuple(
                (wallet.wallet, each.month, each.points, each.lots, money(each.minor))
                for wallet in report.wallets
                for each in wallet.expiring
            ),
        ),
        "cash-need": Table(
            ("wallet", "month", "points", "low", "high", "money"),
            tuple(
                (wallet.wallet, each.month, each.points, each.low, each.high, money(each.minor))
                for wallet in report.wallets
                for each in wallet.cash
            ),
        ),
        "checks": Table(
            ("wallet", "month", "expected", "low", "high", "came", "held"),
            tuple(
                (wallet.wallet, each.month, each.expected, each.low, each.high, each.came, each.held)
                for wallet in report.wallets
                for each in wallet.breakage.checks
            ),
        ),
    }


def _rolled(report: Report, money: Callable[[int | None], Decimal | None]) -> Iterator[tuple[Cell, ...]]:
    """Give the lines of both roll-forwards: all wallets together, then each wallet that has a value."""
    sides: list[tuple[str, Sequence[MoneyMonth], Sequence[MoneyMonth]]] = [(ALL, report.contract, report.marketing)]
    sides += [(each.wallet, each.contract, each.marketing) for each in report.wallets if each.value is not None]
    for wallet, contract, marketing in sides:
        for kind, rolled in (("contract", contract), ("marketing", marketing)):
            for line in rolled:
                yield line.month, kind, wallet, report.currency, *(money(getattr(line, part)) for part in _PARTS)


def _structs(report: Report, name: str, exact: Mapping[str, Callable[[int | None], Decimal | None]]) -> Table:
    """Give the lines of every wallet as they are; columns named in ``exact`` are money."""
    shape = CohortLine if name == "cohorts" else type(report.wallets[0].months[0])
    fields = shape.__struct_fields__
    rows = tuple(
        (
            wallet.wallet,
            *(exact[each](getattr(line, each)) if each in exact else getattr(line, each) for each in fields),
        )
        for wallet in report.wallets
        for line in getattr(wallet, name)
    )
    return Table(("wallet", *(_NAMES.get(each, each) for each in fields)), rows)
