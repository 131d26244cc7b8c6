"""Programmes and courses of events at random, for laws that hold of all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from stammis.core.document import DocumentErrors, parse

CATEGORIES = ("dairy", "bread", "wine")
SKUS = ("milk", "roll", "red")
CHANNELS = ("web", "till")
STORES = ("north", "south")
LABELS = ("vip", "staff")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVELS = ("basic", "silver", "gold")
ZONES = ("Europe/London", "Europe/Helsinki", "America/New_York", "Pacific/Apia")

Json = dict[str, Any]


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """One or more of these names."""
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)


def decimal(most: int, places: int) -> st.SearchStrategy[str]:
    """A number above zero as decimal text."""
    return st.integers(1, most).map(lambda units: f"{units // 10**places}.{units % 10**places:0{places}d}")


line_leaves: st.SearchStrategy[Json] = st.one_of(
    some(CATEGORIES).map(lambda names: {"kind": "category", "any_of": names}),
    some(SKUS).map(lambda names: {"kind": "sku", "any_of": names}),
    decimal(3_000, 2).map(lambda bound: {"kind": "line_amount", "at_least": bound}),
)
place_leaves: st.SearchStrategy[Json] = st.one_of(
    some(CHANNELS).map(lambda names: {"kind": "channel", "any_of": names}),
    some(STORES).map(lambda names: {"kind": "store", "any_of": names}),
    decimal(6_000, 2).map(lambda bound: {"kind": "total", "at_most": bound}),
)
member_leaves: st.SearchStrategy[Json] = st.one_of(
    some(WEEKDAYS).map(lambda names: {"kind": "weekday", "any_of": names}),
    st.just({"kind": "hours", "from": "20:00", "until": "09:30"}),
    st.just({"kind": "dates", "first": "2025-02-01", "last": "2025-05-31"}),
    some(LEVELS).map(lambda names: {"kind": "tier", "set": "club", "any_of": names}),
    st.just({"kind": "tier", "set": "club", "at_least": "silver"}),
    some(LABELS).map(lambda names: {"kind": "label", "any_of": names}),
    st.just({"kind": "attribute", "name": "size", "any_of": ["5", "true"]}),
)


def trees(leaves: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Conditions made of these leaves, alone or combined."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda of: {"kind": "any", "of": of}),
            inner.map(lambda of: {"kind": "not", "of": of}),
            st.tuples(inner, leaves).map(
                lambda of: {"kind": "all", "of": [{"kind": "not", "of": of[0]}, {"kind": "any", "of": [of[1]]}]}
            ),
        ),
        max_leaves=3,
    )


conditions = st.one_of(st.none(), trees(st.one_of(line_leaves, place_leaves, member_leaves)))
event_conditions = st.one_of(st.none(), trees(member_leaves))

caps: st.SearchStrategy[Json | None] = st.one_of(
    st.none(),
    st.none(),
    st.builds(
        lambda per, points, times: {"per": per, "points": points, "times": times},
        st.sampled_from(("day", "week", "month", "year", "ever")),
        st.one_of(st.none(), st.integers(1, 40)),
        st.integers(1, 4),
    ),
)
bases: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {},
    optional={
        "tax": st.sampled_from(("included", "excluded")),
        "shipping": st.booleans(),
        "fees": st.booleans(),
        "gift_cards": st.booleans(),
        "paid_by_points": st.booleans(),
        "rewards": st.sampled_from(("after", "before")),
    },
)
expiries: st.SearchStrategy[Json] = st.one_of(
    st.just({"kind": "never"}),
    st.integers(1, 60).map(lambda days: {"kind": "days", "days": days}),
    st.integers(1, 3).map(lambda months: {"kind": "months", "months": months}),
    st.just({"kind": "yearly", "month": 3, "day": 31}),
    st.just({"kind": "period_end", "period": "quarter", "months": 1, "grace_days": 5}),
    st.integers(5, 40).map(lambda days: {"kind": "sliding", "days": days, "activity": ["purchase", "visit"]}),
)
pendings: st.SearchStrategy[Json | None] = st.one_of(
    st.none(),
    st.none(),
    st.integers(1, 20).map(lambda days: {"kind": "days", "days": days}),
    st.just({"kind": "date", "active_on": "2025-02-10"}),
    st.just({"kind": "event", "event": "visit"}),
    st.just({"kind": "status", "status": "completed"}),
    st.just({"kind": "none"}),
)
NEGATIVES = ("allow_debt", "to_zero", "pending_only")


def drawn_wallet(draw: st.DrawFn, name: str, title: str, **more: Any) -> Json:
    """A wallet at random, its points not pending where they would end meanwhile."""
    ends, pending = draw(expiries), draw(pendings)
    if pending and ends["kind"] != "never" and pending["kind"] not in {"event", "none"}:
        ends = {"kind": "days", "days": 40 + ends.get("days", 0)}
    return {"id": name, "name": title, "expiry": ends, "pending": pending, **more}


def plain_rule(draw: st.DrawFn) -> Json:
    """A rule that multiplies nothing."""
    kind = draw(st.sampled_from(("amount", "amount", "unit", "purchase", "event")))
    rule: Json = {"kind": kind, "points": draw(st.one_of(st.integers(0, 5), decimal(3_000, 3)))}
    if kind == "amount":
        rule["each"] = draw(st.sampled_from((1, "2.50", "0.30")))
        rule["full_steps"] = draw(st.booleans())
        if draw(st.booleans()):
            rule["basis"] = draw(bases)
    if kind == "event":
        rule["event"] = draw(st.sampled_from(("review", "visit")))
    when = draw(event_conditions if kind == "event" else conditions)
    return {**rule, "when": when, "cap": draw(caps), "wallet": draw(st.sampled_from(("points", "points", "coins")))}


@st.composite
def earn_rules(draw: st.DrawFn) -> list[Json]:
    """Rules in a random order, at least one of them for every wallet."""
    rules: list[Json] = [
        {"kind": "amount", "points": 1, "wallet": "points", "when": None, "cap": None},
        {"kind": "purchase", "points": "0.5", "wallet": "coins", "when": None, "cap": None},
    ]
    rules += [plain_rule(draw) for _ in range(draw(st.integers(0, 4)))]
    for _ in range(draw(st.integers(0, 2))):
        wallet = draw(st.sampled_from(("points", "coins")))
        factor = draw(st.sampled_from((1, 2, "1.5", "1.333333", 3)))
        rules.append(
            {"kind": "multiply", "factor": factor, "when": draw(conditions), "wallet": wallet, "cap": draw(caps)}
        )
    order = draw(st.permutations(range(len(rules))))
    return [{**rules[place], "id": f"r{place}"} for place in order]


@st.composite
def documents(draw: st.DrawFn, *, any_negative: bool = False) -> Json:
    """A programme with two wallets, a tier set and rules at random; debt is allowed unless told otherwise."""
    document = {
        "stammis": 1,
        "programme": "any",
        "name": "Any",
        "currency": "EUR",
        "timezone": draw(st.sampled_from(ZONES)),
        "basis": draw(bases),
        "rounding": {
            "mode": draw(st.sampled_from(("down", "up", "half_up", "half_even"))),
            "level": draw(st.sampled_from(("purchase", "line"))),
        },
        "wallets": [
            drawn_wallet(draw, "points", "Points", value="0.05", pays=True),
            drawn_wallet(draw, "coins", "Coins", decimals=draw(st.integers(0, 2))),
        ],
        "negative_balance": draw(st.sampled_from(NEGATIVES)) if any_negative else "allow_debt",
        "earn": draw(earn_rules()),
        "tiers": [
            {
                "id": "club",
                "name": "Club",
                "counts": draw(st.sampled_from(("spend", "points"))),
                "rate": draw(st.sampled_from(("before", "after"))),
                "window_days": draw(st.sampled_from((7, 30, 365))),
                "levels": [
                    {"id": name, "name": name, "at": at}
                    for name, at in zip(LEVELS, draw(st.sampled_from(((0, 20, 60), (5, 30, 100)))), strict=True)
                ],
            }
        ],
        "rewards": [
            {"id": "mug", "name": "Mug", "price": 20},
            {"id": "pin", "name": "Pin", "price": 3, "wallet": "coins"},
        ],
        "returns": {
            "mode": draw(st.sampled_from(("again", "proportional"))),
            "money_back": draw(st.sampled_from(("lower", "keep"))),
            "restored_to_ended": draw(st.sampled_from(("expire", "renew"))),
        },
    }
    assume(may_hold(document))
    return document


def may_hold(document: Json) -> bool:
    """Whether nothing but conditions that never hold together keeps a programme from being published."""
    try:
        parse(document)
    except DocumentErrors as refused:
        return any(problem.code != "never_holds" for problem in refused.errors)
    return True


@st.composite
def lines(draw: st.DrawFn) -> list[Json]:
    """The lines of a purchase: amounts in minor units, quantities in millionths."""
    found = []
    for place in range(draw(st.integers(1, 4))):
        amount = draw(st.integers(0, 4_000))
        found.append(
            {
                "id": str(place + 1),
                "amount": amount,
                "quantity": draw(st.sampled_from((0, 250_000, 1_000_000, 3_000_000))),
                "tax": draw(st.integers(0, amount // 4)),
                "category": draw(st.one_of(st.none(), st.sampled_from(CATEGORIES))),
                "sku": draw(st.one_of(st.none(), st.sampled_from(SKUS))),
                "kind": draw(st.sampled_from(("goods", "goods", "goods", "shipping", "fee", "gift_card"))),
            }
        )
    return found


@st.composite
def purchases(draw: st.DrawFn) -> Json:
    """A purchase without its id, moment and points: lines, discounts, cash rounding and place."""
    bought = draw(lines())
    whole = sum(line["amount"] for line in bought)
    reward = draw(st.one_of(st.just(0), st.integers(0, whole)))
    return {
        "lines": bought,
        "reward": reward,
        "rounding": draw(st.one_of(st.just(0), st.integers(-min(5, whole - reward), 5))),
        "channel": draw(st.one_of(st.none(), st.sampled_from(CHANNELS))),
        "store": draw(st.one_of(st.none(), st.sampled_from(STORES))),
    }


members: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {
        "labels": st.lists(st.sampled_from(LABELS), unique=True),
        "size": st.sampled_from((None, "5", 5, True, 5.5)),
    }
)

actions: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries(
        {
            "do": st.just("buy"),
            "what": purchases(),
            "status": st.sampled_from(("completed", "completed", "completed", "placed", "cancelled")),
            "pays": st.integers(0, 40),
        }
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("return"),
            "which": st.integers(0, 5),
            "line": st.integers(1, 4),
            "part": st.sampled_from(("all", "piece", "amount", "money")),
            "size": st.integers(1, 1_500),
        }
    ),
    st.fixed_dictionaries(
        {
            "do": st.just("status"),
            "which": st.integers(0, 5),
            "status": st.sampled_from(("placed", "completed", "cancelled")),
        }
    ),
    st.fixed_dictionaries({"do": st.just("adjust"), "amount": st.integers(-60, 60)}),
    st.fixed_dictionaries({"do": st.just("hold"), "amount": st.integers(1, 40), "minutes": st.integers(1, 20_000)}),
    st.fixed_dictionaries(
        {"do": st.just("capture"), "which": st.integers(0, 3), "amount": st.one_of(st.none(), st.integers(1, 40))}
    ),
    st.fixed_dictionaries({"do": st.just("release"), "which": st.integers(0, 3)}),
    st.fixed_dictionaries({"do": st.just("extend"), "wallet": st.sampled_from(("points", "coins"))}),
    st.fixed_dictionaries({"do": st.just("redeem"), "reward": st.sampled_from(("mug", "pin"))}),
    st.fixed_dictionaries({"do": st.just("undo"), "which": st.integers(0, 3)}),
    st.fixed_dictionaries({"do": st.just("event"), "type": st.sampled_from(("review", "visit", "other"))}),
    st.fixed_dictionaries({"do": st.just("member"), "member": members}),
)
"""What may happen to a member, one after the other."""

courses = st.lists(st.tuples(st.integers(-40, 900), actions), max_size=12)
"""Actions with the hours that pass before each; below zero the action comes late."""
