"""The catalogues of translations: messages.py update|compile.

``update`` collects every text from code and templates, merges it into the catalogue of each language and compiles it;
``compile`` only compiles.
"""

import ast
import io
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from stammis.config.installation import set_up
from stammis.config.language import paragraphs

# Django's tables must be known before the forms are asked for their texts.
set_up()

from stammis.console.editor.texts import texts  # noqa: E402 - see above

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "stammis"
CATALOGUES = SOURCES / "locale"
LANGUAGES = ("fi", "sv", "pl")
# The functions of gettext, with which of their arguments is the text, its plural (2) or its context (c).
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    # Sentences for programs, which a door tells a person in their language: see stammis.core.wording.
    "Worded": None,
    "wording": None,
}
# These lines would change a catalogue whose texts did not.
DATED = re.compile(rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By):.*\n', re.MULTILINE)
COMMENT_TAGS = ("Translators:",)
# What makes forms from types, and so is where their texts stand.
FORMS = "console/editor/texts.py"
# What of a command a person reads: its docstring, and these words of its decorators.
COMMANDS = {"command", "group"}
SPOKEN = {"help", "short_help"}
# Line, function, texts, comments: Babel reads them so, and writes other types beside it.
Found = tuple[int, Any, Any, Any]


def read_template(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: object,  # noqa: ARG001 - Babel passes it by this name
) -> Iterator[Found]:
    """Finds the texts of a Django template, by turning it into the Python that Django makes of it."""
    code = templatize(file.read().decode("utf-8"))
    yield from extract_python(io.BytesIO(code.encode()), keywords, comment_tags, {"encoding": "utf-8"})


def read_code(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Found]:
    """Finds the texts of Python: what goes through gettext, and the errors whose docstring is their message."""
    yield from extract_python(file, keywords, comment_tags, options)
    for node in syntax(file):
        if isinstance(node, ast.ClassDef) and any(map(is_code, node.body)):
            yield from told(node, ast.get_docstring(node))


def read_commands(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Found]:
    """Finds the texts of commands: those of any Python, and their help, each paragraph by itself."""
    yield from read_code(file, keywords, comment_tags, options)
    for node in syntax(file):
        if isinstance(node, ast.FunctionDef) and any(map(is_command, node.decorator_list)):
            yield from told(node, ast.get_docstring(node))
        if isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg in SPOKEN and isinstance(word.value, ast.Constant):
                    yield from told(word.value, str(word.value.value))


def syntax(file: IO[bytes]) -> list[ast.AST]:
    """Every part of a Python file."""
    file.seek(0)
    return list(ast.walk(ast.parse(file.read())))


def told(node: ast.stmt | ast.expr, text: str | None) -> Iterator[Found]:
    """The paragraphs of a text."""
    for paragraph in paragraphs(text or ""):
        yield node.lineno, None, paragraph, []


def is_code(line: ast.stmt) -> bool:
    """Whether a line of a class gives it a stable code, as errors have one."""
    target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
    value = getattr(line, "value", None)
    return isinstance(target, ast.Name) and target.id == "code" and isinstance(getattr(value, "value", None), str)


def is_command(decorator: ast.expr) -> bool:
    """Whether a function's decorator makes it a command, or a group of them."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in COMMANDS


def collect() -> Catalog:
    """Every text of code and templates, and of the forms that are made from types, with the places where it stands."""
    template = Catalog(project="Stammis", charset="utf-8")
    # The first that fits a file reads it. What programs are told stays English: the errors of the API.
    methods = [("config/cli/**.py", "tools.messages:read_commands"), ("api/**.py", "python")]
    methods += [("**.py", "tools.messages:read_code")]
    methods += [(f"**/templates/**.{ending}", "tools.messages:read_template") for ending in ("html", "txt")]
    rows = extract_from_dir(SOURCES, methods, keywords=KEYWORDS, comment_tags=COMMENT_TAGS)
    for name, _line, message, comments, context in rows:
        # Without line numbers a catalogue changes only when a text does.
        template.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    for text in texts():
        template.add(text, locations=[(FORMS, 0)])
    return template


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one for a new language."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Stammis", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def update() -> None:
    """Merges today's texts into every catalogue: gone ones are dropped, new ones wait for their translation."""
    template = collect()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = io.BytesIO()
        write_po(file, catalogue, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
        path.write_bytes(DATED.sub(b"", file.getvalue()))
        waiting = len([message for message in catalogue if message.id and not any(strings(message.string))])
        print(f"{language}: {len(catalogue)} texts, {waiting} not translated yet")


def strings(translation: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A translation's forms: one, or one for each plural of the language."""
    return (translation,) if isinstance(translation, str) else tuple(translation or ())


def compile_all() -> None:
    """Compiles every catalogue beside its source."""
    for path in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3])
        with path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    match sys.argv[1:]:
        case ["update"]:
            update()
            compile_all()
        case ["compile"]:
            compile_all()
        case _:
            sys.exit("usage: messages.py update|compile")
