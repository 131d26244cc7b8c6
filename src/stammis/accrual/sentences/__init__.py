"""Why points moved, as sentences: the row, the parts that add up to it, and the rules that gave nothing, and why.

They are written from the steps that the engine kept with its decision; nothing is reckoned here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from stammis.accrual.sentences import between as sentences_between
from stammis.accrual.sentences import lots
from stammis.accrual.sentences.correcting import RIGHTED, corrected, righted
from stammis.accrual.sentences.giving import kept_out, limits, rate_said, scaled
from stammis.accrual.sentences.portions import portions
from stammis.accrual.sentences.seen import found
from stammis.core.abroad import money_of
from stammis.core.amounts import QUANTITY_SCALE
from stammis.core.earn import Earn, Multiply, PerAmount, PerEvent, PerUnit, as_decided
from stammis.core.effects import RowKind, Step
from stammis.core.events import (
    Adjustment,
    AnyEvent,
    BroughtBalance,
    Claimed,
    Exchange,
    Happening,
    PendingSettled,
    Purchase,
    Received,
    Redemption,
    RedemptionCancelled,
    Return,
    Scalar,
    StatusChanged,
    Transfer,
)
from stammis.core.parcels import Awaits
from stammis.core.programme import Programme
from stammis.core.standing import Rate
from stammis.core.wording import Worded, wording
from stammis.kit.telling import told
from stammis.programmes.sentences import conditions, rules, words


class Row(NamedTuple):
    """A row of the ledger, as far as a sentence tells of it; amounts in the wallet's smallest unit."""

    kind: RowKind
    amount: int
    wallet: str
    at: dt.datetime
    awaits: Awaits | None = None
    shortfall: int = 0


class Part(NamedTuple):
    """What one rule gave or did not give: its id and name, its points, the code of the reason, and the sentence."""

    rule: str
    name: str
    amount: int
    because: str
    sentence: str


class Why(NamedTuple):
    """A row explained: the sentence, the parts that add up to it, and the rules that gave nothing."""

    sentence: str
    parts: tuple[Part, ...]
    not_applied: tuple[Part, ...]


def why(
    row: Row,
    event: AnyEvent,
    steps: Iterable[Step],
    programme: Programme,
    *,
    language: str | None = None,
    rate: Rate | None = None,
) -> Why:
    """Explain a row by the event that moved it and the steps of its decision; without a language in the active one.

    ``steps`` are all steps of the decision (see ``core.explain.full_steps``); those of other wallets are passed over.
    ``rate`` is that by which a purchase in another currency was decided.
    """
    with _reading(language):
        concerned = [step for step in steps if step.wallet in {None, row.wallet}]
        moved = [step for step in concerned if step.applied and step.points]
        if row.kind in {"earn", "return"}:
            moved = [step for step in moved if step.rule or step.because == RIGHTED]
        else:
            moved = [step for step in moved if step.because == row.kind]
        parts = tuple(part(step, programme) for step in moved)
        refused = tuple(part(step, programme) for step in concerned if not step.applied) if row.kind == "earn" else ()
        said = [_sentence(row, event, parts, programme, rate)]
        said += [each.sentence for each in parts if each.because == RIGHTED]
        if rate is not None and row.kind in {"earn", "return"}:
            said.append(rate_said(rate, programme))
        if row.awaits is not None and row.amount > 0:
            said.append(lots.waits(row.awaits, programme))
        if row.shortfall:
            said.append(lots.short(row.shortfall, row.wallet, programme))
        return Why(" ".join(said), parts, refused)


def part(step: Step, programme: Programme) -> Part:
    """What one step did, in the active language."""
    rule = next((each for each in programme.earn if each.id == step.rule), None)
    name = rules.rule_name(rule) if rule else step.rule
    sentence = _applied(step, rule, programme) if step.applied else _not_applied(step, rule, programme)
    if rule is not None and (not step.applied or step.because == "returned"):
        sentence = " ".join([sentence, *portions(step, rule, programme)])
    return Part(step.rule, name, step.points, step.because, sentence)


def _reading(language: str | None) -> AbstractContextManager[None]:
    return translation.override(language or translation.get_language() or words.ENGLISH)


def _points(amount: int, wallet: str | None, programme: Programme) -> str:
    found = words.wallet_of(programme, wallet or "")
    return words.points(words.smallest(amount, found), found)


def _sentence(row: Row, event: AnyEvent, parts: tuple[Part, ...], programme: Programme, rate: Rate | None) -> str:
    wallet = words.wallet_of(programme, row.wallet)
    local = row.at.astimezone(ZoneInfo(programme.timezone))
    facts = {
        "points": words.signed_points(words.smallest(row.amount, wallet), wallet).removeprefix("+"),
        "day": words.day(local.date()),
    }
    if row.kind == "expire":
        last = (local - dt.timedelta(seconds=1)).date()
        facts["last"] = words.day(last)
        return _("%(points)s on %(day)s because they were usable until %(last)s.") % facts
    if row.kind == "earn":
        facts["because"] = words.both(
            _("«%(rule)s» (%(points)s)")
            % {"rule": each.name, "points": words.number(words.smallest(each.amount, wallet))}
            for each in parts
            if each.rule
        )
        if any(each.because == "again" for each in parts):
            return _("%(points)s on %(day)s again, because the cancellation was undone: %(because)s.") % facts
        return _("%(points)s on %(day)s because of %(because)s.") % facts
    return _moved(row.kind, event, facts, programme, rate)


def _moved(kind: RowKind, event: AnyEvent, facts: dict[str, str], programme: Programme, rate: Rate | None) -> str:
    """A row that no rule gave: what the event did."""
    match event:
        case Purchase():
            facts["purchase"] = event.id
            return _("%(points)s on %(day)s because they paid for purchase %(purchase)s.") % facts
        case Return():
            facts["purchase"] = event.purchase
            if event.money is not None:
                facts["money"] = words.money(
                    money_of(event, programme.currency), programme.currency if rate is None else rate.currency
                )
                return _("%(points)s on %(day)s because %(money)s of purchase %(purchase)s was given back.") % facts
            return _("%(points)s on %(day)s because goods of purchase %(purchase)s came back.") % facts
        case StatusChanged():
            facts["purchase"] = event.purchase
            if kind == "spend":
                return _("%(points)s on %(day)s because they paid for purchase %(purchase)s.") % facts
            return _("%(points)s on %(day)s because purchase %(purchase)s was cancelled.") % facts
        case Redemption():
            reward = next((each for each in programme.rewards if each.id == event.reward), None)
            facts["reward"] = words.name(reward.name, event.reward) if reward else event.reward
            if event.quantity == 1:
                return _("%(points)s on %(day)s because you took «%(reward)s».") % facts
            facts["quantity"] = words.number(event.quantity)
            return _("%(points)s on %(day)s because you took «%(reward)s» %(quantity)s times.") % facts
        case RedemptionCancelled():
            return _("%(points)s on %(day)s because a reward was given back.") % facts
        case Adjustment():
            facts["reason"] = event.reason
            if event.corrects:
                facts["events"] = corrected(event, programme)
                return _("%(points)s on %(day)s because: %(reason)s It puts right %(events)s.") % facts
            return _("%(points)s on %(day)s because: %(reason)s") % facts
        case PendingSettled():
            facts["reason"] = event.reason
            return _("%(points)s on %(day)s, while they were pending, because: %(reason)s") % facts
        case Happening():
            facts["event"] = event.type
            return _("%(points)s on %(day)s because of «%(event)s».") % facts
        case Transfer() | Received() | Exchange() | BroughtBalance() | Claimed():
            facts["because"] = sentences_between.reason(event)
            return _("%(points)s on %(day)s because %(because)s.") % facts
        case _ if (because := lots.reason(event, kind)) is not None:
            return _("%(points)s on %(day)s because %(because)s.") % (facts | {"because": because})
        case _:
            return _("%(points)s on %(day)s.") % facts


def _applied(step: Step, rule: Earn | None, programme: Programme) -> str:
    facts = {
        "points": _points(abs(step.points), step.wallet, programme),
        "rule": rules.rule_name(rule) if rule else step.rule,
    }
    match step.because:
        case "returned":
            if step.points > 0:
                return _("%(points)s: what «%(rule)s» gives more for what is kept.") % facts
            return _("%(points)s taken back: what «%(rule)s» had given for what came back.") % facts
        case "again":
            return _("%(points)s: what the cancellation had taken of «%(rule)s».") % facts
        case "spend":
            return _("%(points)s were taken from those that expire first.") % facts
        case "restore":
            return _("%(points)s came back to where they had been taken from.") % facts
        case "expire":
            return _("%(points)s were not used in time.") % facts
        case "adjust":
            return _("%(points)s by hand.") % facts
        case "transfer_out":
            return _("%(points)s left, those first that expire first.") % facts
        case "transfer_in":
            return _("%(points)s arrived, with their last days.") % facts
        case _:
            return righted(step, facts) or lots.applied(step, programme) or _given(step, rule, facts, programme)


def _given(step: Step, rule: Earn | None, facts: dict[str, str], programme: Programme) -> str:
    """What a rule gave: the rule itself, what it looked at, and whether its cap lowered it."""
    if rule is None:
        return _("%(points)s by the rule «%(rule)s».") % facts
    said = [_("%(points)s: %(sentence)s") % (facts | {"sentence": rules.rule(rule, programme)})]
    said += _looked_at(step.saw, rule, programme)
    said += scaled(step.saw, rule, programme)
    said += portions(step, rule, programme)
    said += limits(step, programme)
    return " ".join(said)


def _looked_at(saw: Mapping[str, Scalar], rule: Earn, programme: Programme) -> list[str]:
    if isinstance(rule, PerAmount) and "counted" in saw:
        money = words.minor_money(_whole(saw["counted"]), str(saw.get("currency") or programme.currency))
        basis = rules.counted(rule.basis or programme.basis)
        return [_("%(money)s counts, %(basis)s.") % {"money": money, "basis": basis}]
    if isinstance(rule, PerUnit) and "quantity" in saw:
        quantity = words.number((Decimal(_whole(saw["quantity"])) / QUANTITY_SCALE).normalize())
        return [_("Quantity: %(quantity)s.") % {"quantity": quantity}]
    if isinstance(rule, Multiply) and "of" in saw:
        wallet = words.wallet_of(programme, rule.wallet or "")
        given = Decimal(str(saw["of"])).scaleb(-(wallet.decimals if wallet else 0))
        return [_("They gave %(points)s.") % {"points": words.points(given, wallet)}]
    return []


def _whole(value: Scalar) -> int:
    return value if isinstance(value, int) else 0


def _not_applied(step: Step, rule: Earn | None, programme: Programme) -> str:
    facts = {"rule": rules.rule_name(rule) if rule else step.rule}
    match step.because:
        case "unenrolled":
            return _("Only members earn points.")
        case "shortfall":
            return lots.not_taken(step, programme)
        case "righted":
            return _("Nothing is taken back here: a correction had done so already.")
        case "no_version":
            return _("The programme had not begun yet.")
        case "claims_earn_nothing":
            return _("What guests bought earns nothing once it is claimed.")
        case "no_amount":
            return _("«%(rule)s» gave nothing: nothing of this counts for it.") % facts
        case "below_step" if isinstance(rule, PerAmount):
            facts["money"] = words.minor_money(
                _whole(step.saw.get("counted")), str(step.saw.get("currency") or programme.currency)
            )
            facts["each"] = words.money(Decimal(rule.each), programme.currency)
            return _("«%(rule)s» gave nothing: %(money)s is less than a full %(each)s.") % facts
        case "cap_reached" if rule is not None and rule.cap is not None and "cap" not in step.saw:
            facts["most"] = rules.cap(rule.cap, rule.wallet, programme)
            return _("«%(rule)s» gave nothing: it gives %(most)s, and that was reached.") % facts
        case "cap_reached" | "budget_reached" | "group_lost" | "band_gives_nothing" | "level_gives_nothing":
            return kept_out(step, facts, programme)
        case "formula_gives_nothing" | "divides_by_zero" | "no_value":
            return kept_out(step, facts, programme)
        case "already_this_year":
            return _("«%(rule)s» gave nothing: it gives once a calendar year, and had given.") % facts
        case "happens_by_itself":
            return _("«%(rule)s» gave nothing: this happens by itself and need not be reported.") % facts
        case "nothing_to_multiply":
            return _("«%(rule)s» gave nothing: there was nothing that it multiplies.") % facts
        case "condition" if rule is not None:
            return _unmet(step.saw, rule, facts, programme)
        case _:
            return _("«%(rule)s» gave nothing.") % facts


def _unmet(saw: Mapping[str, Scalar], rule: Earn, facts: dict[str, str], programme: Programme) -> str:
    if saw.get("asks") == "event":
        if isinstance(rule, PerEvent):
            facts["event"] = rules.event_name(rule.event, programme)
            return _("«%(rule)s» gave nothing: it is for the event «%(event)s».") % facts
        return _("«%(rule)s» gave nothing: it is for purchases.") % facts
    asked = conditions.phrases(as_decided(rule).when, programme)
    facts["asked"] = ", ".join(asked)
    asks = str(saw.get("asks") or "")
    seen = "" if asks == "tier" and "parts" in saw else found(asks, str(saw.get("saw") or ""), programme)
    if not asked:
        return _("«%(rule)s» gave nothing.") % facts
    if not seen:
        return _("«%(rule)s» gave nothing: it holds %(asked)s.") % facts
    facts["seen"] = seen
    return _("«%(rule)s» gave nothing: it holds %(asked)s; here it was %(seen)s.") % facts


def refusal(code: str, reason: str | None = None, detail: Mapping[str, Scalar] | None = None) -> str:
    """Why a wish was refused, as a sentence in the active language; the code itself where it has no sentence."""
    return told(refused(code, reason, detail))


def refused(code: str, reason: str | None = None, detail: Mapping[str, Scalar] | None = None) -> Worded:
    """Why a wish was refused, in English whoever asks, as it is kept and as programs read it."""
    if code == "not_enough_points" and reason == "expired":
        return Worded("There are not enough points: those that would have covered it have expired.")
    if code == "tender_limit" and detail and "max" in detail:
        return Worded("At most %(max)s points can pay for this.", max=str(detail["max"]))
    return Worded(_REFUSALS.get(code, code))


_REFUSALS = (
    sentences_between.REFUSALS
    | lots.REFUSALS
    | {
        "already_cancelled": wording("This was cancelled before."),
        "already_over": wording("This day is over."),
        "already_used": wording("This reward was used before."),
        "as_of_past": wording("More has happened to this member by then than is looked through again."),
        "coupon_refused": wording("A coupon is unknown, was used before or belongs to somebody else."),
        "id_reused": wording("This id was used before, for something else."),
        "in_future": wording("This lies in the future."),
        "invalid": wording("This cannot be stored."),
        "invalid_event": wording("The event does not fit what the programme declares of its type."),
        "more_than_bought": wording("More would come back than was bought."),
        "negative_total": wording("The discounts are more than the lines."),
        "no_rate": wording("There is no rate for this currency."),
        "not_enough_points": wording("There are not enough points."),
        "not_written": wording("This could not be written; the reason is in the log."),
        "sold_out": wording("Nothing is left of this reward."),
        "too_many_decimals": wording("The purchase's currency has fewer decimals."),
        "tender_limit": wording("More points are offered than may pay for this."),
        "tender_wallet": wording("These points cannot pay for a purchase."),
        "too_old": wording("This lies further back than the programme accepts."),
        "unknown_level": wording("The tier set has no such level."),
        "unknown_line": wording("The purchase has no line with this id."),
        "unknown_member": wording("There is no member with this id."),
        "unknown_purchase": wording("There is no purchase with this id."),
        "unknown_redemption": wording("There is no redemption with this id."),
        "unknown_reward": wording("There is no such reward."),
        "unknown_status": wording("The programme does not know this status."),
        "unknown_tier_set": wording("The programme has no such tier set."),
        "unknown_wallet": wording("The programme has no such wallet."),
    }
)
