"""Programme files: YAML without its surprises. Amounts, dates and times stay the text that was written."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

from stammis.core.wording import Worded
from stammis.kit.errors import Invalid

LARGEST_FILE = 512 * 1024
DEEPEST = 40
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "map", "null", "seq", "str")}


class BadFile(Invalid):
    """This is not a programme file."""

    code = "bad_file"


class _Reader(yaml.SafeLoader):
    """Reads true, false, null and whole numbers; everything else stays text, so that no amount loses a digit."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's way


class _Writer(yaml.SafeDumper):
    """Quotes only what ``_Reader`` would not read back as text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's way

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write everything out: the reader takes no aliases."""
        return True


for _side in (_Reader, _Writer):
    _side.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
    _side.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(null|~|)$"), ["n", "~", ""])
    _side.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9][0-9]*)$"), list("-0123456789"))
    _side.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def load(text: str | bytes) -> dict[str, Any]:
    """Read a programme file. Raises BadFile with the line and column where it cannot be read.

    A key given twice, an anchor or alias, nesting deeper than 40 and files above 512 KiB are refused.
    """
    if len(text) > LARGEST_FILE:
        raise _bad(None, "too_large", Worded("A programme file has at most %(most)s KiB.", most=LARGEST_FILE // 1024))
    try:
        written = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        _check_events(written)
        document = _read(written)
    except UnicodeDecodeError as error:
        message = Worded("The file is not UTF-8: byte %(number)s cannot be read.", number=error.start + 1)
        raise _bad(None, "encoding", message) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _bad(mark, "yaml", Worded("This is not YAML: %(words)s.", words=error.problem or "?")) from error
    except yaml.YAMLError as error:
        raise _bad(None, "yaml", Worded("This is not YAML: %(words)s.", words=str(error))) from error
    if not isinstance(document, dict):
        message = Worded("A programme file is a list of fields: «stammis: 1», «programme: …» and so on.")
        raise _bad(None, "yaml", message)
    return document


def dump(document: dict[str, Any]) -> str:
    """Write a document as YAML; ``load`` gives it back."""
    return yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120)


def _bad(mark: Any, code: str, message: Worded) -> BadFile:
    said = message
    if mark:
        where = {"line": mark.line + 1, "column": mark.column + 1}
        said = Worded("line %(line)s, column %(column)s: %(message)s", **where, message=message)
    return BadFile(said, errors=[{"pointer": "", "code": code, "message": said}])


def _check_events(text: str) -> None:
    """Refuse anchors, aliases and deep nesting before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=_Reader):
        if isinstance(event, yaml.AliasEvent):
            message = Worded("Aliases («*name») are not taken: write the part out.")
            raise _bad(event.start_mark, "alias", message)
        if getattr(event, "anchor", None) is not None:  # only what begins a value has one
            message = Worded("Anchors («&name») are not taken: nothing may refer to them.")
            raise _bad(event.start_mark, "anchor", message)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                message = Worded("Parts lie more than %(most)s deep in one another.", most=DEEPEST)
                raise _bad(event.start_mark, "too_deep", message)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _read(text: str) -> Any:
    reader = _Reader(text)
    try:
        node = reader.get_single_node()
        if node is None:
            return None
        _check_keys(node)
        return reader.construct_document(node)
    finally:
        reader.dispose()


def _check_keys(node: Node) -> None:
    """Refuse a mapping that names a key twice, where YAML would silently take the last, and types of YAML's own."""
    if node.tag not in _TAGS:
        raise _bad(node.start_mark, "tag", Worded("Types such as «%(name)s» are not taken.", name=str(node.tag)))
    if not isinstance(node, MappingNode):
        for child in node.value if isinstance(node.value, list) else []:
            _check_keys(child)
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if not isinstance(key.value, str) or key.tag == "tag:yaml.org,2002:merge":
            raise _bad(key.start_mark, "key", Worded("A field's name is plain text."))
        if name in seen:
            raise _bad(key.start_mark, "duplicate_field", Worded("«%(name)s» is given twice.", name=name))
        seen.add(name)
        _check_keys(value)
