import datetime as dt
import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammis.accrual.services import adjust, cancel_redemption, verify
from stammis.insight.intervals import wilson
from stammis.insight.periods import BadPeriod, midnight, stepped, whole
from stammis.insight.queries import Measure, as_json, as_text, measure
from stammis.insight.queries.measuring import BadDimension, UnknownWallet
from stammis.insight.registry import METRICS, UnknownMetric
from stammis.insight.reports import overview
from stammis.programmes import queries as programmes
from tests.rooms.till import NOW, Till, bought, day, redeems, returned, status

LONDON = "Europe/London"
JUNE = dt.date(2026, 6, 1)


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    programmes.forget()
    yield Till()
    programmes.forget()


def figure(till: Till, name: str, *, now: dt.datetime | None = None, **asked: Any) -> Measure:
    return measure(name, till.programme, now=now or till.now, **asked)


def value(till: Till, name: str, **asked: Any) -> object:
    return figure(till, name, **asked).figure.value


def by_label(till: Till, name: str, by: str, **asked: Any) -> dict[str, object]:
    return {each.label: each.value for each in figure(till, name, by=by, **asked).slices}


def test_a_month_of_a_shop_is_counted_as_one_counts_it_by_hand(till: Till) -> None:
    till.say(
        bought("1", 10_000, "anna", at=day("2026-05-01")),
        bought("2", 5_000, "anna", at=day("2026-05-20")),
        bought("3", [1_000, 1_000], "bert", at=day("2026-05-20")),
        bought("4", 300, None, at=day("2026-05-21")),
        redeems("r", "bag", "anna", at=day("2026-05-22")),
    )
    assert value(till, "members") == 2
    assert value(till, "purchases") == 4
    assert value(till, "gross_sales") == 17_300
    assert value(till, "points_issued") == 100 + 50 + 20
    assert value(till, "points_redeemed") == 30
    assert value(till, "points_outstanding") == 140
    assert value(till, "points_worth") == 14_000
    assert value(till, "points_expired") == 0


def test_periods_are_half_open_and_begin_at_the_programmes_midnight(till: Till) -> None:
    till.say(
        bought("before", 100, at=day("2026-04-30", "22:59:59")),
        bought("first", 1_000, at=day("2026-04-30", "23:00:00")),
        bought("last", 10_000, at=day("2026-05-31", "22:59:59")),
        bought("after", 100_000, at=day("2026-05-31", "23:00:00")),
    )
    may: dict[str, Any] = {"first": dt.date(2026, 5, 1), "end": JUNE}
    assert value(till, "gross_sales", **may) == 11_000
    assert by_label(till, "gross_sales", "month") == {"2026-04": 100, "2026-05": 11_000, "2026-06": 100_000}
    assert by_label(till, "gross_sales", "week", **may)["2026-W18"] == 1_000


def test_a_period_that_has_not_ended_is_flagged(till: Till) -> None:
    till.say(bought("1", at=day("2026-05-01")))
    assert [each.complete for each in figure(till, "purchases", by="month").slices] == [True, False]
    assert not figure(till, "purchases", first=JUNE, end=dt.date(2026, 7, 1)).period.complete
    assert figure(till, "purchases", first=dt.date(2026, 5, 1), end=JUNE).period.complete


def test_placed_and_cancelled_purchases_do_not_count_and_returned_ones_do(till: Till) -> None:
    till.say(
        bought("placed", 100, at=day("2026-05-01"), status="placed"),
        bought("paid", 1_000, at=day("2026-05-01"), status="placed"),
        bought("gone", 10_000, at=day("2026-05-01")),
        bought("back", 100_000, at=day("2026-05-01")),
        status("paid", "completed", day("2026-05-02")),
        status("gone", "cancelled", day("2026-05-02")),
        returned("r", "back", "1", at=day("2026-05-03")),
    )
    assert value(till, "purchases") == 2
    assert value(till, "gross_sales") == 101_000
    assert verify(till.programme) == []


def test_who_returned_everything_is_no_customer(till: Till) -> None:
    till.say(
        bought("1", 100, "anna", at=day("2026-05-01")),
        bought("2", 100, "bert", at=day("2026-05-01")),
        returned("r", "2", "1", at=day("2026-05-02")),
    )
    new = figure(till, "new_customers").figure
    assert (new.numerator, new.denominator) == (1, 1)


def test_new_and_returning_customers_are_the_whole_of_a_period(till: Till) -> None:
    till.say(
        *(bought(f"a{n}", member=f"m{n}", at=day("2026-04-10")) for n in range(3)),
        *(bought(f"b{n}", member=f"m{n}", at=day("2026-05-10")) for n in range(1, 5)),
        bought("guest", member=None, at=day("2026-05-10")),
    )
    may: dict[str, Any] = {"first": dt.date(2026, 5, 1), "end": JUNE}
    new, returning = (figure(till, name, **may).figure for name in ("new_customers", "returning_customers"))
    assert (new.value, returning.value) == (Fraction(1, 2), Fraction(1, 2))
    assert (new.numerator, new.denominator, new.n, new.few) == (2, 4, 4, True)
    assert by_label(till, "new_customers", "month") == {"2026-04": 1, "2026-05": Fraction(1, 2), "2026-06": None}


def test_a_share_of_nobody_is_null_with_a_reason(till: Till) -> None:
    nothing = figure(till, "returning_customers").figure
    assert (nothing.value, nothing.interval, nothing.reason) == (None, None, "no_customers")
    assert as_text(figure(till, "returning_customers"), nothing) == "– (nobody bought)"


def test_active_members_bought_within_the_usual_gap_and_the_window_is_shown(till: Till) -> None:
    for number in range(1, 12):
        till.say(bought(f"a{number}", member="anna", at=day("2026-03-15") + dt.timedelta(days=7 * number)))
    till.say(bought("b", member="bert", at=day("2026-05-01")))
    measured = figure(till, "active_members")
    assert (measured.figure.value, measured.window_days) == (1, 7)
    assert "7 days" in as_json(measured)["definition"]
    assert value(till, "active_members", window_days=60) == 2


def test_where_nobody_bought_twice_it_cannot_be_told_who_is_active(till: Till) -> None:
    till.say(bought("1"))
    assert figure(till, "active_members").figure.reason == "nobody_bought_twice"


def test_points_given_back_are_not_redeemed_and_points_taken_by_hand_are_not_issued(till: Till) -> None:
    till.say(bought("1", 10_000, at=day("2026-05-01")), redeems("r", "bag", at=day("2026-05-02")))
    cancel_redemption(till.programme.id, "r", now=till.now)
    for number, amount in enumerate((7, -3)):
        adjust(till.programme.id, "anna", id=str(number), wallet="points", amount=amount, reason="x", now=till.now)
    assert value(till, "points_redeemed", now=till.now + dt.timedelta(seconds=1)) == 0
    assert value(till, "points_issued", now=till.now + dt.timedelta(seconds=1)) == 107
    assert value(till, "points_outstanding", now=till.now + dt.timedelta(seconds=1)) == 104


def test_points_past_their_end_have_expired_even_before_the_row_is_posted(till: Till) -> None:
    till.say(bought("1", 10_000, at=day("2025-06-10")), bought("2", 500, at=day("2025-08-10")))
    later = day("2026-06-20")
    assert value(till, "points_expired", now=later) == 100
    assert value(till, "points_outstanding", now=later) == 5
    assert value(till, "points_outstanding", now=later, first=dt.date(2026, 6, 1), end=dt.date(2026, 6, 10)) == 105


def test_figures_by_tier_channel_store_and_wallet_add_up_to_the_whole(till: Till) -> None:
    till.say(
        bought("1", 200_000, "anna", at=day("2026-05-01"), channel="web"),
        bought("2", 500, "bert", at=day("2026-05-01"), channel="till", store="7"),
        bought("3", 100, None, at=day("2026-05-01")),
    )
    assert by_label(till, "gross_sales", "tier") == {"gold": 200_000, "basic": 500, "": 100}
    assert by_label(till, "gross_sales", "channel") == {"web": 200_000, "till": 500, "": 100}
    assert by_label(till, "purchases", "store") == {"7": 1, "": 2}
    assert by_label(till, "points_issued", "wallet") == {"points": 2_005}
    assert by_label(till, "members", "tier") == {"gold": 1, "basic": 1}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"name": "memebrs"}, UnknownMetric),
        ({"by": "colour"}, BadDimension),
        ({"by": "channel"}, BadDimension),
        ({"wallet": "stars"}, UnknownWallet),
        ({"first": JUNE, "end": JUNE}, BadPeriod),
        ({"first": dt.date(1000, 1, 1), "by": "day"}, BadPeriod),
    ],
)
def test_what_cannot_be_measured_says_why(till: Till, asked: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        figure(till, **({"name": "members"} | asked))


def test_the_overview_says_what_every_metric_says(till: Till) -> None:
    till.say(
        *(bought(f"a{n}", 1_000 + n, f"m{n % 3}", at=day("2026-03-01") + dt.timedelta(days=9 * n)) for n in range(10)),
        redeems("r", "bag", "m0", at=day("2026-05-30")),
    )
    seen = overview(till.programme, till.now)
    assert set(seen.measures) == set(METRICS)
    for name, shown in seen.measures.items():
        assert as_json(shown) == as_json(figure(till, name))
    assert [month.first_day for month in seen.months] == [dt.date(2026, month, 1) for month in (3, 4, 5, 6)]
    for month in seen.months[:-1]:
        end = (month.first_day + dt.timedelta(days=31)).replace(day=1)
        for name, shown_slice in month.figures.items():
            alone = figure(till, name, first=month.first_day, end=end).figure
            assert (shown_slice.value, shown_slice.n) == (alone.value, alone.n)
    assert {level.level: level.members for level in seen.levels} == {"basic": 3, "gold": 0}


def test_an_overview_of_nothing_is_empty_and_not_an_error(till: Till) -> None:
    seen = overview(till.programme, till.now)
    assert seen.months == ()
    assert seen.measures["purchases"].figure.value == 0


def test_a_measure_is_written_as_the_contract_says(till: Till) -> None:
    till.say(bought("1", 123_456, at=day("2026-05-01")))
    said = as_json(figure(till, "gross_sales", first=dt.date(2026, 5, 1), end=JUNE))
    assert json.loads(json.dumps(said)) == {
        "name": "gross_sales",
        "value": "1234.56",
        "numerator": "1234.56",
        "denominator": None,
        "n": 1,
        "interval": None,
        "unit": "money",
        "currency": "EUR",
        "period": {"from": "2026-05-01T00:00:00+01:00", "to": "2026-06-01T00:00:00+01:00", "zone": LONDON},
        "definition": str(METRICS["gross_sales"].definition),
        "version": 1,
        "complete": True,
    }


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(74, 107, 0.5987, 0.7712), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_wilsons_interval_agrees_with_published_values(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_wilsons_interval_holds_the_share_and_narrows(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    interval, wider = wilson(hits, of), wilson(hits * 4, of * 4)
    assert interval is not None
    assert wider is not None
    assert 0 <= interval[0] <= hits / of <= interval[1] <= 1
    assert wider[1] - wider[0] <= interval[1] - interval[0] + 1e-12


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
    st.integers(1, 800),
    st.sampled_from(["day", "week", "month", "year"]),
    st.sampled_from([LONDON, "America/New_York", "America/Sao_Paulo", "Asia/Beirut"]),
)
def test_periods_follow_each_other_without_a_gap(first: dt.date, days: int, step: str, zone: str) -> None:
    end = first + dt.timedelta(days=days)
    periods = list(stepped(first, end, step, zone, NOW))  # type: ignore[arg-type] # one of the four above
    assert periods[0].begins == midnight(first, zone)
    assert periods[-1].ends == midnight(end, zone)
    assert all(one.ends == other.begins for one, other in pairwise(periods))
    assert all(one.begins is not None and one.begins < one.ends for one in periods)
    assert len({period.label for period in periods}) == len(periods)


def test_a_day_whose_midnight_does_not_exist_begins_when_it_begins() -> None:
    begins = midnight(dt.date(2018, 11, 4), "America/Sao_Paulo")
    assert begins.astimezone(ZoneInfo("America/Sao_Paulo")).isoformat() == "2018-11-04T01:00:00-02:00"


def test_all_history_has_no_beginning() -> None:
    (period,) = whole(None, None, LONDON, NOW)
    assert (period.begins, period.ends, period.complete) == (None, NOW, True)


def test_points_without_a_value_are_worth_nobody_knows_what(db: None) -> None:
    till = Till(wallets=[{"id": "points", "name": "Points"}])
    till.say(bought("1", at=day("2026-05-01")))
    found = figure(till, "points_worth")
    assert (found.figure.value, found.figure.reason) == (None, "no_value")
    assert as_json(found)["currency"] == "EUR"
