"""One part of the sample company's households, loaded piece by piece in the order of the year.

A piece is a thousand things that happen. It is sent through ``accrual`` like anything else; how many pieces are behind
is kept with the run in the same transaction, so that a load that was interrupted goes on where it was. A piece sent
twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext_noop

from stammis.accrual import services as accrual
from stammis.accrual.outcomes import Accepted, Declined, Item, MemberFields, Outcome
from stammis.core.events import Happening, Purchase, Redemption, Return
from stammis.core.programme import Reward
from stammis.imports.models import Run
from stammis.imports.sample import people, year
from stammis.imports.sample.panel import Panel, local
from stammis.imports.services import runs
from stammis.kit import clock
from stammis.kit.errors import Conflict
from stammis.kit.patience import steadily
from stammis.programmes import queries as programmes

MADE_UP = "made-up"
"""The label of members whose names and contacts belong to nobody: all of them."""

FACTS = ("age", "income", "household_size", "kids_count")
"""What of the panel's demographics becomes an attribute."""

Told = Callable[[int], None]
"""Is told how many purchases are behind, from the first one on."""


class NotTaken(Conflict):
    """The sample company was refused. Its year needs an installation whose own clock began at the end of it."""

    code = "sample_refused"


class WantedToStop(Exception):
    """Somebody asked the load to stop; what is in stays."""


class Loader:
    """Loads one part of the households for a run."""

    def __init__(self, run: Run, part: int, parts: int, panel: Panel) -> None:
        self.run = run
        self.part = part
        self.parts = parts
        self.panel = panel
        document = programmes.versions(run.programme_id).document(1)
        self.rewards: tuple[Reward, ...] = document.rewards
        self.wallet = document.wallets[0].id

    def load(self, told: Told) -> None:
        """Load what is not behind yet. Raises WantedToStop after the piece during which somebody asked for it."""
        behind = Run.objects.values_list("positions", flat=True).get(id=self.run.id)[self.part]
        if behind == 0:
            self._pass(1, self._join)
        purchases = 0
        for number, piece in enumerate(self._pieces(), start=1):
            if number >= max(behind, 1):
                self._pass(number + 1, partial(self._take, piece))
            purchases += sum(moment.basket is not None for moment in piece)
            told(purchases)

    def _pass(self, position: int, act: Callable[[], list[Outcome]]) -> None:
        """Record a piece and that it is behind, as a whole or not at all; where the database goes away, once more."""
        if steadily(partial(self._advance, position, act)):
            raise WantedToStop

    @transaction.atomic
    def _advance(self, position: int, act: Callable[[], list[Outcome]]) -> bool:
        accepted = [outcome for outcome in act() if isinstance(outcome, Accepted)]
        repeated = sum(outcome.replay for outcome in accepted)
        return runs.advance(self.run, self.part, position, accepted=len(accepted) - repeated, repeated=repeated)

    def _join(self) -> list[Outcome]:
        return self._taken(accrual.record(list(self._members()), now=self._begins()))

    def _take(self, piece: list[year.Moment]) -> list[Outcome]:
        """Record a piece, and what its members then take for their points."""
        now = clock.now()
        items: list[Item] = []
        last: dict[int, int] = {}
        for place, moment in enumerate(piece):
            if moment.basket is not None:
                items.append(self._item("purchase", year.purchase(self.panel, moment.basket)))
                last[moment.basket.household] = place
            elif moment.event is not None:
                items.append(self._item("return" if isinstance(moment.event, Return) else "event", moment.event))
        outcomes = self._taken(accrual.record(items, now=now))
        return outcomes + accrual.record(list(self._redemptions(piece, outcomes, last.values())), now=now)

    def _taken(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Give what was taken in. Raises NotTaken where anything was refused."""
        refused = next((each for each in outcomes if isinstance(each, Declined)), None)
        if refused is not None:
            raise NotTaken(gettext_noop("The sample company was refused: %(code)s."), values={"code": refused.code})
        return outcomes

    def _redemptions(self, piece: list[year.Moment], outcomes: list[Outcome], places: Iterable[int]) -> Iterator[Item]:
        """What members take after their last purchase of a piece; the answers tell what they can afford."""
        for place in places:
            basket, outcome = piece[place].basket, outcomes[place]
            if basket is None or not isinstance(outcome, Accepted):
                continue
            view = outcome.answer.wallets.get(self.wallet)
            wish = year.redemption(basket, view.active if view else 0, self.rewards)
            if wish is not None:
                yield self._item("redemption", wish)

    def _members(self) -> Iterator[Item]:
        known = self.panel.demographics()
        for place, (household, seen_at) in enumerate(self.panel.households().items()):
            if household % self.parts != self.part:
                continue
            person = people.person(household, place)
            facts = known.get(household, {})
            fields = {
                "name": person.name,
                "email": person.email,
                "phone": person.phone,
                "locale": person.locale,
                "joined_at": local(seen_at),
                "labels": [people.LABEL, MADE_UP],
                "attributes": {name: facts[name] for name in FACTS if name in facts},
            }
            yield Item(self.run.programme_id, MemberFields(str(household), fields))

    def _pieces(self) -> Iterator[list[year.Moment]]:
        moments = year.moments(self.panel, part=self.part, parts=self.parts)
        while piece := list(islice(moments, year.PIECE)):
            yield piece

    def _item(self, kind: str, event: Purchase | Return | Happening | Redemption) -> Item:
        return Item(self.run.programme_id, event, (kind, event.id))

    def _begins(self) -> dt.datetime:
        """When the programme began: members are known before they buy."""
        return local(programmes.versions(self.run.programme_id).starts[0][0])
