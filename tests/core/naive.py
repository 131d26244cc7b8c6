"""An independent computation of what purchases earn, straight from the document, slow and in plain fractions."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
NOTHING = Fraction(0)
KINDS = {"shipping": "shipping", "fee": "fees", "gift_card": "gift_cards"}


def rounded(number: Fraction, mode: str) -> int:
    """A number not below zero, rounded."""
    whole = number.numerator // number.denominator
    rest = number - whole
    match mode:
        case "down":
            return whole
        case "up":
            return whole + (rest > 0)
        case "half_up":
            return whole + (rest >= Fraction(1, 2))
        case _:
            return round(number)


def largest_remainder(whole: int, exact: list[Fraction]) -> list[int]:
    """Whole parts that add up to ``whole``: each rounded down, then one more where the fraction was largest."""
    floors = [number.numerator // number.denominator for number in exact]
    order = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
    for place in order[: whole - sum(floors)]:
        floors[place] += 1
    return floors


def shares(whole: int, weights: list[int]) -> list[int]:
    """An amount in proportion to weights."""
    if not sum(weights):
        return [whole, *[0] * (len(weights) - 1)]
    exact = [Fraction(abs(whole) * weight, sum(weights)) for weight in weights]
    return [part if whole >= 0 else -part for part in largest_remainder(abs(whole), exact)]


def counted_kinds(basis: Json) -> set[str]:
    """The kinds of line that count on a basis."""
    return {"goods"} | {kind for kind, name in KINDS.items() if basis.get(name, False)}


def counted(what: Json, basis: Json) -> list[int]:
    """How much of each line counts, in minor units."""
    amounts = [line["amount"] for line in what["lines"]]
    gross = [amount + share for amount, share in zip(amounts, shares(what["rounding"], amounts), strict=True)]
    if basis.get("rewards", "after") == "after":
        gross = [left - share for left, share in zip(gross, shares(what["reward"], amounts), strict=True)]
    if basis.get("tax", "excluded") == "excluded":
        exact = [
            Fraction(line["tax"] * left, line["amount"]) if line["amount"] else NOTHING
            for line, left in zip(what["lines"], gross, strict=True)
        ]
        taxes = largest_remainder(rounded(sum(exact, NOTHING), "half_up"), exact)
        gross = [left - tax for left, tax in zip(gross, taxes, strict=True)]
    kinds = counted_kinds(basis)
    return [left if line["kind"] in kinds else 0 for line, left in zip(what["lines"], gross, strict=True)]


def asks_lines(when: Json | None) -> bool:
    """Whether a condition asks about lines."""
    if when is None:
        return False
    if when["kind"] in ("all", "any"):
        return any(asks_lines(inner) for inner in when["of"])
    if when["kind"] == "not":
        return asks_lines(when["of"])
    return when["kind"] in ("category", "sku", "line_amount")


class Naive:
    """A member who only ever buys, and what the document gives for it."""

    def __init__(self, document: Json, member: Json) -> None:
        self.document = document
        self.member = member
        self.tiers = document["tiers"][0]
        self.rules: list[Json] = document["earn"]
        self.units = {wallet["id"]: 10 ** wallet.get("decimals", 0) for wallet in document["wallets"]}
        self.progress: list[tuple[dt.date, int]] = []
        self.used: dict[tuple[str, str], tuple[int, int]] = {}
        self.level: str | None = None

    def buys(self, what: Json, at: dt.datetime) -> dict[str, int]:
        """By wallet, the points of a purchase; what counts is kept for the next."""
        day = at.astimezone(ZoneInfo(self.document["timezone"])).date()
        spent = sum(counted(what, self.document["basis"]))
        by_spend, after = self.tiers["counts"] == "spend", self.tiers["rate"] == "after"
        self.level = self.level_on(day, spent if by_spend and after else 0)
        parts = self.parts(what, at, day)
        if after and not by_spend:
            self.level = self.level_on(day, sum(parts["points"].values()))
            parts = self.parts(what, at, day)
        self.progress.append((day, spent if by_spend else sum(parts["points"].values())))
        for given in parts.values():
            for rule, points in given.items():
                if points:
                    key = (rule, self.period(rule, day))
                    before = self.used.get(key, (0, 0))
                    self.used[key] = (before[0] + points, before[1] + 1)
        return {wallet: total for wallet, given in parts.items() if (total := sum(given.values()))}

    def level_on(self, day: dt.date, more: int) -> str | None:
        """The level on a day, when so much more counts."""
        since = day - dt.timedelta(days=self.tiers["window_days"] - 1)
        whole = more + sum(amount for on, amount in self.progress if since <= on <= day)
        unit = 100 if self.tiers["counts"] == "spend" else 1
        reached = [level["id"] for level in self.tiers["levels"] if whole >= level["at"] * unit]
        return reached[-1] if reached else None

    def period(self, rule: str, day: dt.date) -> str:
        """The calendar period of a rule's cap in which a day lies."""
        cap = next(found["cap"] for found in self.rules if found["id"] == rule)
        match (cap or {}).get("per"):
            case "day":
                return day.isoformat()
            case "week":
                return f"{day:%G-%V}"
            case "month":
                return f"{day:%Y-%m}"
            case "year":
                return f"{day:%Y}"
            case _:
                return ""

    def holds(self, when: Json | None, what: Json, line: Json | None, at: dt.datetime) -> bool:
        """Whether a condition holds for a line (None: for no line) of a purchase."""
        if when is None:
            return True
        local = at.astimezone(ZoneInfo(self.document["timezone"]))
        total = sum(bought["amount"] for bought in what["lines"]) - what["reward"] + what["rounding"]
        match when["kind"]:
            case "all" | "any":
                of = [self.holds(inner, what, line, at) for inner in when["of"]]
                return all(of) if when["kind"] == "all" else any(of)
            case "not":
                return not self.holds(when["of"], what, line, at)
            case "category" | "sku":
                return line is not None and line[when["kind"]] in when["any_of"]
            case "line_amount":
                return line is not None and Fraction(line["amount"]) >= Fraction(when["at_least"]) * 100
            case "channel" | "store":
                return what[when["kind"]] in list(when["any_of"])
            case "total":
                return bool(total <= Fraction(when["at_most"]) * 100)
            case "weekday":
                return f"{local:%a}".lower() in list(when["any_of"])
            case "hours":
                return bool(f"{local:%H:%M}" >= when["from"] or f"{local:%H:%M}" < when["until"])
            case "dates":
                return bool(when["first"] <= local.date().isoformat() <= when["last"])
            case _:
                return self.member_holds(when)

    def member_holds(self, when: Json) -> bool:
        """Whether a condition about the member holds."""
        match when["kind"]:
            case "tier":
                names = [level["id"] for level in self.tiers["levels"]]
                above = names[names.index("silver") :] if "at_least" in when else []
                return self.level in [*when.get("any_of", ()), *above]
            case "label":
                return bool(set(when["any_of"]) & set(self.member["labels"]))
            case _:
                size = self.member["size"]
                return (size is True or size in ("5", 5)) if size != 1 or size is True else False

    def places(self, rule: Json, what: Json, at: dt.datetime) -> list[int]:
        """The lines for which a rule's condition holds."""
        return [place for place, line in enumerate(what["lines"]) if self.holds(rule["when"], what, line, at)]

    def values(self, rule: Json, what: Json, places: list[int]) -> dict[int, Fraction]:
        """The exact value of a rule for lines: each where lines are rounded, else all at 0; at -1 for the purchase."""
        points = Fraction(rule["points"]) * self.units[rule["wallet"]]
        by_line = self.document["rounding"]["level"] == "line"
        if rule["kind"] == "purchase":
            return {-1: points} if places else {}
        if rule["kind"] == "unit":
            kept = [place for place in places if what["lines"][place]["kind"] in counted_kinds(self.document["basis"])]
            return {place: points * Fraction(what["lines"][place]["quantity"], 10**6) for place in kept}
        each = Fraction(rule.get("each", 1)) * 100
        amounts = counted(what, rule["basis"] if "basis" in rule else self.document["basis"])
        groups = [[place] for place in places] if by_line else [places]
        found: dict[int, Fraction] = {}
        for group in groups:
            steps = max(NOTHING, sum((Fraction(amounts[place]) for place in group), NOTHING)) / each
            found[group[0] if by_line else 0] = (
                Fraction(steps.__floor__()) if rule.get("full_steps") else steps
            ) * points
        return found

    def within(self, rule: Json, value: Fraction, day: dt.date) -> Fraction:
        """A value as far as the rule's cap allows."""
        cap = rule["cap"]
        if cap is None:
            return value
        points, times = self.used.get((rule["id"], self.period(rule["id"], day)), (0, 0))
        if cap["times"] is not None and times >= cap["times"]:
            return NOTHING
        if cap["points"] is None:
            return value
        return min(value, Fraction(max(0, cap["points"] * self.units[rule["wallet"]] - points)))

    def exact(self, what: Json, at: dt.datetime, day: dt.date) -> dict[str, dict[int, Fraction]]:
        """By rule, what it gives before rounding, by line (at 0 where the purchase is rounded, below 0 for a rule)."""
        given: dict[str, dict[int, Fraction]] = {}
        plain = [rule for rule in self.rules if rule["kind"] not in ("event", "multiply")]
        for rule in plain:
            places = self.places(rule, what, at)
            if rule["kind"] == "purchase" and not asks_lines(rule["when"]):
                places = [0] if self.holds(rule["when"], what, None, at) else []
            given[rule["id"]] = self.filled(rule, self.values(rule, what, places), day)
        for rule in self.rules:
            if rule["kind"] != "multiply":
                continue
            places = self.places(rule, what, at)
            found: dict[int, Fraction] = {}
            for number, other in enumerate(plain):
                if other["wallet"] != rule["wallet"] or other["id"] not in (rule.get("rules") or [other["id"]]):
                    continue
                most = sum(given[other["id"]].values(), NOTHING)
                if other["kind"] == "purchase":
                    multiplied = given[other["id"]] if places else {}
                else:
                    both = [place for place in self.places(other, what, at) if place in places]
                    multiplied = self.values(other, what, both) if both else {}
                for place, value in multiplied.items():
                    share = min(value, most)
                    most -= share
                    key = place if place >= 0 else -1 - number
                    found[key] = found.get(key, NOTHING) + share * (Fraction(rule["factor"]) - 1)
            given[rule["id"]] = self.filled(rule, found, day)
        for number, rule in enumerate(plain):
            if rule["kind"] == "purchase":
                given[rule["id"]] = dict.fromkeys((-1 - number,), sum(given[rule["id"]].values(), NOTHING))
        return given

    def filled(self, rule: Json, values: dict[int, Fraction], day: dt.date) -> dict[int, Fraction]:
        """Values line by line until the cap is reached."""
        most = self.within(rule, sum(values.values(), NOTHING), day)
        found = {}
        for place in sorted(values):
            found[place] = min(values[place], most)
            most -= found[place]
        return found

    def parts(self, what: Json, at: dt.datetime, day: dt.date) -> dict[str, dict[str, int]]:
        """By wallet and rule, whole points."""
        by_line = self.document["rounding"]["level"] == "line"
        exact = self.exact(what, at, day)
        found: dict[str, dict[str, int]] = {wallet: {} for wallet in self.units}
        for wallet, given in found.items():
            names = [rule["id"] for rule in self.rules if rule["wallet"] == wallet and rule["id"] in exact]
            places = {place for name in names for place in exact[name]}
            groups = [[place] for place in sorted(places)] if by_line else [sorted(places)]
            for group in groups:
                values = [sum((exact[name].get(place, NOTHING) for place in group), NOTHING) for name in names]
                whole = rounded(sum(values, NOTHING), self.document["rounding"]["mode"])
                for name, part in zip(names, largest_remainder(whole, values), strict=True):
                    given[name] = given.get(name, 0) + part
        return found
