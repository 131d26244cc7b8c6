"""What a change would do that nobody means: told before it is published."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stammis.core.programme import Programme
from stammis.programmes.sentences import words


def risks(before: Programme, after: Programme) -> Iterator[str]:
    """Say what becomes of wallets that are no longer there, and of one that seems to have got another id."""
    kept = {wallet.id for wallet in after.wallets}
    known = {wallet.id for wallet in before.wallets}
    new = [wallet for wallet in after.wallets if wallet.id not in known]
    for place, wallet in enumerate(each for each in before.wallets if each.id not in kept):
        facts = {"id": wallet.id, "name": words.name(wallet.name, wallet.id)}
        if place < len(new):
            yield _(
                "The wallet %(id)s (%(name)s) is gone and %(new)s is new: a wallet is known by its id, so that all that"
                " members have in %(id)s would seem to vanish, and %(new)s begin empty. If it is only to be called"
                " something else, keep the id %(id)s and change the name."
            ) % (facts | {"new": new[place].id})
        else:
            yield _("The wallet %(id)s (%(name)s) is gone: all that members have in it would seem to vanish.") % facts
