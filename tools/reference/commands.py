"""The page of commands: the tree of ``stammis``, as ``--help`` shows it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from stammis.config.cli import stammis
from tools.reference.markdown import cell, code, table

INTRODUCTION = """\
# Commands

`make demo` and `make test` leave the command at `.venv/bin/stammis`. Every command that works on an installation takes
`--data DIR`; without it the folder is that of `STAMMIS_DATA`, else the user's data folder (as root `/var/lib/stammis`).
Commands work beside a running `serve`, and without one: then they start the embedded database and stop it again.

They end with 0 for success, 1 for failure, 2 for a wrong call. Errors say what to do.

Help and messages speak English, Finnish, Swedish or Polish: the language of `STAMMIS_LANGUAGE` (en, fi, sv, pl), else
that of `LC_ALL`, `LC_MESSAGES` or `LANG`, whichever is set first; English where that is another one. What programs read
(`--json`, CSV, a key alone on the last line, the exit status) and logs are the same in every language; so are the names
of values in help (`FILE`).
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([INTRODUCTION, *_sections("stammis", stammis)])


def tree(name: str = "stammis", command: click.Command = stammis) -> dict[str, click.Command]:
    """Every command that does something, by what one types to call it."""
    if not isinstance(command, click.Group):
        return {name: command}
    found: dict[str, click.Command] = {} if not command.invoke_without_command else {name: command}
    for word, part in command.commands.items():
        if not part.hidden:
            found.update(tree(f"{name} {word}", part))
    return found


def _sections(name: str, group: click.Group) -> Iterator[str]:
    for typed, command in tree(name, group).items():
        yield f"## {typed}\n"
        yield inspect.cleandoc((command.help or "").partition("\f")[0]) + "\n"
        usage = " ".join(piece for one in command.params if (piece := _usage(one)))
        yield f"```text\n{typed} {usage}".rstrip() + "\n```\n"
        rows = [_row(one) for one in command.params if not getattr(one, "hidden", False) and _meaning(one)]
        rows = [row for row in rows if "--data" not in row[0]]  # told once, at the top
        if rows:
            yield table(("Option", "Meaning"), rows)


def _usage(one: click.Parameter) -> str:
    if isinstance(one, click.Option):
        if one.hidden:
            return ""
        said = f"{_longest(one)}{_value(one)}"
        more = "…" if one.multiple else ""
        return f"{said}{more}" if one.required else f"[{said}]{more}"
    name = one.human_readable_name.upper() if not one.metavar else one.metavar
    more = "…" if one.nargs == -1 else ""
    return f"{name}{more}" if one.required else f"[{name}]{more}"


def _row(one: click.Parameter) -> tuple[str, str]:
    if isinstance(one, click.Option):
        names = ", ".join(code(name) for name in (*one.opts, *one.secondary_opts))
        return cell(f"{names}{_value(one)}"), cell(_meaning(one))
    return code(_usage(one).strip("[]…")), cell(_meaning(one))


def _meaning(one: click.Parameter) -> str:
    said = getattr(one, "help", None) or ""
    if isinstance(one, click.Option) and one.show_default and one.default not in (None, "", ()):
        said = f"{said} Default: {one.default}."
    return said


def _longest(one: click.Option) -> str:
    return max(one.opts, key=len)


def _value(one: click.Option) -> str:
    if one.is_flag or one.count:
        return ""
    if isinstance(one.type, click.Choice):
        return " " + "|".join(str(choice) for choice in one.type.choices)
    return f" {one.metavar or one.type.name.upper()}"
