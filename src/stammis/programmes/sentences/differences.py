"""What changes from one version of a programme to the next, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from stammis.core.programme import Programme
from stammis.programmes.sentences.chapters import Sentence, describe

_LISTS = ("wallets", "earn", "groups", "caps", "budgets", "tiers", "rewards")


class Change(NamedTuple):
    """A sentence that is new, gone, or says something else; ``before`` and ``after`` are empty where there is none."""

    kind: Literal["added", "removed", "changed"]
    chapter: str
    name: str
    pointer: str
    before: str
    after: str


def differences(old: Programme, new: Programme, language: str | None = None) -> tuple[Change, ...]:
    """The sentences in which two versions differ, in the order of the chapters; nothing where they say the same.

    Parts are recognised by their ids, so that moving a rule in its list changes nothing.
    """
    before = _by_part(old, language)
    after = _by_part(new, language)
    changes = []
    for key in _in_order(before, after):
        then, now = before.get(key), after.get(key)
        if then is None and now is not None:
            changes.append(_change("added", key, now[0], "", now[1]))
        elif now is None and then is not None:
            changes.append(_change("removed", key, then[0], then[1], ""))
        elif then is not None and now is not None and then != now and _said(then) != _said(now):
            changes.append(_change("changed", key, now[0], then[1], now[1]))
    return tuple(changes)


_Key = tuple[str, str]
_Told = tuple[Sentence, str]


def _by_part(programme: Programme, language: str | None) -> dict[_Key, _Told]:
    stable = _stable_names(programme)
    return {
        (chapter.title, stable(sentence)): (sentence, sentence.text)
        for chapter in describe(programme, language)
        for sentence in chapter.sentences
    }


def _stable_names(programme: Programme) -> Callable[[Sentence], str]:
    """A name for each part that stays when its place in the list changes."""
    names: dict[str, str] = {}
    for field in _LISTS:
        for index, part in enumerate(getattr(programme, field)):
            names[f"/{field}/{index}"] = f"{field}:{part.id}"
            for position, level in enumerate(getattr(part, "levels", ())):
                names[f"/{field}/{index}/levels/{position}"] = f"{field}:{part.id}:{level.id}"
    return lambda sentence: names.get(sentence.pointer, f"{sentence.pointer} {sentence.name}")


def _in_order(before: dict[_Key, _Told], after: dict[_Key, _Told]) -> Iterable[_Key]:
    chapters = list(dict.fromkeys(chapter for chapter, _part in (*after, *before)))
    keys = dict.fromkeys((*after, *before))
    return sorted(keys, key=lambda key: chapters.index(key[0]))


def _said(told: _Told) -> tuple[str, str]:
    return told[0].name, told[1]


def _change(
    kind: Literal["added", "removed", "changed"], key: _Key, sentence: Sentence, before: str, after: str
) -> Change:
    return Change(kind, key[0], sentence.name, sentence.pointer, before, after)
