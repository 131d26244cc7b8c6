"""Nodes: a value of a document laid out as a form, with its names, what is written, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from stammis.console.editor.faces import (
    ABSENT,
    PLAIN,
    Face,
    Field,
    about,
    fields_of,
    item_of,
    kinds_of,
    languages_of,
    tag_of,
    words_of,
)
from stammis.core.reading import Problem, below
from stammis.programmes.sentences.labels import hint, kind_label, label

Choices = dict[str, list[tuple[str, str]]]
"""By the name of a field: the ids that it may name, each with what it is called."""


@dataclass
class Node:
    """A field, part or list of the form.

    Attributes:
        face: how it shows itself.
        name: what its input is called in the form.
        pointer: its place in the document.
        text: what is written in its input.
        present: whether an optional struct is there.
        kind: of a choice, the chosen kind; of words, ``one`` or ``each``.
        options: what may be chosen, each with its label.
        chosen: of picks, and of names that can be ticked, those that are chosen.
        wraps: of a choice, the kinds into which it may be put.
        place: where it stands in its list, and whether it is the last there.
        key: of a row of pairs, its key.
    """

    face: Face
    name: str
    pointer: str
    label: str = ""
    hint: str = ""
    required: bool = False
    text: str = ""
    present: bool = True
    kind: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    wraps: list[tuple[str, str]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    place: int | None = None
    last: bool = False
    key: str | None = None

    @property
    def id(self) -> str:
        """The element's id."""
        return "".join(one if one.isalnum() else "-" for one in self.name)

    def walk(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def layout(
    face: Face,
    value: Any,
    *,
    pointer: str = "",
    problems: Iterable[Problem] = (),
    choices: Choices | None = None,
    root: str = "f",
) -> Node:
    """Lay a value out as a form; each problem stands with the innermost node that it concerns."""
    top = _Layout(choices or {}).node(face, value, root, pointer)
    nodes = list(top.walk())
    for problem in problems:
        over = [one for one in nodes if problem.pointer == one.pointer or problem.pointer.startswith(f"{one.pointer}/")]
        if over:
            max(over, key=lambda one: len(one.pointer)).errors.append(problem)
    return top


def entries(root: Node) -> dict[str, list[str]]:
    """What the form's inputs hold, as a browser would send it."""
    sent: dict[str, list[str]] = {}
    for node in root.walk():
        kind = node.face.kind
        if kind == "choice":
            sent[f"{node.name}@"] = [node.kind]
            if node.kind == PLAIN:
                sent[node.name] = [node.text]
        elif kind == "words":
            sent[f"{node.name}@"] = [node.kind]
            if node.kind == "one":
                sent[node.name] = [node.text]
        elif kind == "struct":
            if node.face.optional and node.present:
                sent[f"{node.name}?"] = ["1"]
        elif kind in ("list", "pairs"):
            sent[f"{node.name}#"] = [str(len(node.children))]
        elif kind == "picks":
            sent[node.name] = list(node.chosen)
        elif kind != "switch" or node.text:
            sent[node.name] = [node.text]
        if node.key is not None:
            sent[f"{node.name}!"] = [node.key]
    return sent


class _Layout:
    """Lays values out; knows which ids there are to choose from."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def node(self, face: Face, value: Any, name: str, pointer: str, *, required: bool = True) -> Node:
        """Lay one value out."""
        made = Node(face, name, pointer, hint=hint(face.says), required=required and not face.optional)
        match face.kind:
            case "struct":
                made.present = not face.optional or isinstance(value, dict)
                made.hint = made.hint or hint(about(face.shape))
                if made.present:
                    made.children = list(self.fields(face, value if isinstance(value, dict) else {}, name, pointer))
            case "choice":
                self.choice(made, value)
            case "words":
                self.words(made, value)
            case "list":
                self.items(made, value if isinstance(value, list | tuple) else ())
            case "pairs":
                self.pairs(made, value if isinstance(value, dict) else {})
            case "names":
                values = value if isinstance(value, list | tuple) else ()
                made.text = "\n".join(str(one) for one in values)
            case "picks":
                made.chosen = [str(one) for one in value] if isinstance(value, list | tuple) else []
                made.options = [(one, label(one)) for one in words_of(item_of(face))]
            case "raw":
                made.text = "" if value is None or value is ABSENT else json.dumps(value, ensure_ascii=False)
            case _:
                self.scalar(made, value)
        return made

    def fields(self, face: Face, value: dict[str, Any], name: str, pointer: str) -> Iterator[Node]:
        """Lay the fields of a struct out; what is not named shows what holds then."""
        for one in sorted(fields_of(face.shape), key=_weight):
            shown = value.get(one.name, one.default)
            at = f"{name}/{one.name}"
            made = self.node(one.face, shown, at, below(pointer, one.name), required=one.required)
            made.label = label(one.name)
            if made.face.kind == "text" and one.name in self.choices:
                self.known(made, self.choices[one.name])
            elif made.face.kind == "names" and self.choices.get(one.name):
                self.ticked(made, self.choices[one.name])
            yield made

    def ticked(self, made: Node, ids: list[tuple[str, str]]) -> None:
        """Let ids be ticked among those there are; those named already come first, in their order."""
        called = {key: f"{name} ({key})" if name != key else key for key, name in ids}
        made.chosen = made.text.split("\n") if made.text else []
        made.options = [(key, called.get(key, key)) for key in dict.fromkeys([*made.chosen, *called])]

    def known(self, made: Node, ids: list[tuple[str, str]]) -> None:
        """Let an id be chosen among those there are; one that is not there stays, and is said to be wrong."""
        known = {key for key, _name in ids}
        made.options = [] if made.required or made.text in known else [("", "–")]
        if made.text and made.text not in known:
            made.options.append((made.text, made.text))
        elif made.required and not made.text:
            made.options.append(("", _("Choose")))
        made.options += [(key, f"{called} ({key})" if called != key else key) for key, called in ids]

    def choice(self, made: Node, said: Any) -> None:
        """Lay the chosen kind out, beside the others that could be chosen."""
        tag, kinds = tag_of(made.face), kinds_of(made.face)
        value = said if isinstance(said, dict) else {}
        made.kind = str(value.get(tag, ""))
        made.options = [(kind, kind_label(kind)) for kind in kinds]
        if made.face.plain is not None:
            made.options.insert(0, (PLAIN, _("A number")))
            if not value and (made.required or (said is not None and said is not ABSENT)):
                made.kind = PLAIN
                made.text = "" if said is None or said is ABSENT else str(said)
                return
        if made.kind not in kinds:
            first = [(made.kind, made.kind)] if made.kind else [("", _("Choose") if made.required else "–")]
            made.options = first + made.options
            return
        if made.face.optional or not made.required:
            made.options.insert(0, ("", "–"))
        chosen = kinds[made.kind]
        made.hint = made.hint or hint(about(chosen))
        made.children = list(self.fields(Face("struct", chosen), value, made.name, made.pointer))
        made.wraps = [(kind, kind_label(kind)) for kind, other in kinds.items() if _holds(other, made.face)]

    def words(self, made: Node, value: Any) -> None:
        """Lay a name out: in one input, or in one for each language."""
        made.kind = "each" if isinstance(value, dict) else "one"
        if made.kind == "one":
            made.text = value if isinstance(value, str) else ""
            return
        for language in languages_of(made.face):
            one = Node(_TEXT, f"{made.name}/{language}", below(made.pointer, language), label=language.upper())
            one.text = str(value.get(language, ""))
            made.children.append(one)

    def items(self, made: Node, values: Iterable[Any]) -> None:
        """Lay the parts of a list out."""
        for place, value in enumerate(values):
            one = self.node(item_of(made.face), value, f"{made.name}/{place}", below(made.pointer, place))
            one.place = place
            made.children.append(one)
        if made.children:
            made.children[-1].last = True

    def pairs(self, made: Node, value: dict[str, Any]) -> None:
        """Lay a dict out, a row for each key."""
        for place, (key, inner) in enumerate(value.items()):
            one = self.node(item_of(made.face), inner, f"{made.name}/{place}", below(made.pointer, key))
            one.place, one.key = place, str(key)
            made.children.append(one)
        if made.children:
            made.children[-1].last = True

    def scalar(self, made: Node, value: Any) -> None:
        """Write a scalar into its input."""
        kind = made.face.kind
        if kind == "switch":
            if made.face.optional:
                made.options = [("", "–"), ("true", _("yes")), ("false", _("no"))]
                made.text = "" if value is None or value is ABSENT else "true" if value else "false"
            else:
                made.text = "on" if value is True else ""
            return
        made.text = "" if value is None or value is ABSENT else str(value)
        if kind == "pick":
            known = [(one, label(one)) for one in words_of(made.face)]
            first: list[tuple[str, str]] = []
            if made.text not in dict(known):
                first = [(made.text, made.text or (_("Choose") if made.required else "–"))]
            elif made.face.optional:
                first = [("", "–")]
            made.options = first + known


_TEXT = Face("text", None)


def _weight(one: Field) -> int:
    """Where a field stands: what it is called, what is needed, what is written in a line, then whole parts."""
    if one.name in ("id", "name"):
        return 0
    if one.required:
        return 1
    return 3 if one.face.kind in ("struct", "choice", "list", "pairs") else 2


def _holds(shape: Any, union: Face) -> bool:
    """Whether a struct holds parts of the same union, so that any of them may be put into it."""
    kinds = set(kinds_of(union))
    for one in fields_of(shape):
        inner = item_of(one.face) if one.face.kind == "list" else one.face
        if inner.kind == "choice" and set(kinds_of(inner)) == kinds:
            return True
    return False
