"""Each agreement about files refuses a tree that breaks it, and lets a sound one pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import imports, mistakes, names, pages, reasons, records, sizes, spoken, words, writes
from tests.house.tree import Tree, plant

ROOM = "src/stammis/ledger"
PAGE = "src/stammis/console/templates/console/page.html"
COMMAND = "src/stammis/config/cli/sing.py"
RECORD = "# 1. Rooms\n\n## Context\nA.\n\n## Decision\nB.\n\n## Consequences\nC.\n"
OFF = "# no" + "qa: S101"
SILENT = "# type: " + "ignore[arg-type]"

BROKEN: list[tuple[Callable[[Tree], list[str]], str, str]] = [
    (imports.late_imports, f"{ROOM}/services.py", "def post():\n    from stammis.members import queries\n"),
    (imports.late_imports, f"{ROOM}/services.py", "import importlib\nimportlib.import_module('stammis.members')\n"),
    (imports.late_imports, f"{ROOM}/services.py", "from django.apps import apps\napps.get_model('members.Member')\n"),
    (imports.patched_rooms, "tests/test_x.py", "def test(monkeypatch):\n    monkeypatch.setattr('stammis.a.b', 1)\n"),
    (imports.unwanted_imports, "tests/test_x.py", "from unittest.mock import Mock\n"),
    (imports.unwanted_imports, f"{ROOM}/services.py", "from django.db.models.signals import post_save\n"),
    (imports.unwanted_imports, f"{ROOM}/services.py", "from django.dispatch import receiver\n"),
    (imports.unwanted_imports, f"{ROOM}/models.py", "from django.contrib import admin\n"),
    (imports.worldly_heart, "src/stammis/core/rules.py", "import random\n"),
    (imports.worldly_heart, "src/stammis/core/rules.py", "from django.utils import timezone\n"),
    (imports.worldly_heart, "src/stammis/core/rules.py", "from stammis.kit import clock\n"),
    (imports.worldly_heart, "src/stammis/core/rules.py", "from datetime import datetime\ndatetime.now()\n"),
    (imports.worldly_heart, "src/stammis/core/rules.py", "open('rates.csv')\n"),
    (names.forbidden_names, f"{ROOM}/utils.py", ""),
    (names.forbidden_names, f"{ROOM}/row_helpers.py", ""),
    (names.forbidden_names, f"{ROOM}/services.py", "class PointsManager: ...\n"),
    (names.forbidden_names, "tests/test_x.py", "class BaseCase: ...\n"),
    (names.odd_room_files, f"{ROOM}/points.py", ""),
    (names.odd_room_files, f"{ROOM}/things/points.py", ""),
    (pages.untranslated_texts, PAGE, "<p>Hello there</p>"),
    (pages.untranslated_texts, PAGE, '<img src="a.svg" alt="A chart">'),
    (pages.untranslated_texts, PAGE, "{% translate 'Points' %} earned"),
    (pages.untranslated_texts, PAGE, "{% if x %}Yes{% endif %}"),
    (pages.untranslated_texts, PAGE.replace(".html", ".txt"), "Dear {{ name }},"),
    (reasons.bare_ignores, "pyproject.toml", 'ignore = [\n    "D203",\n]\n'),
    (reasons.bare_switches, f"{ROOM}/services.py", f"assert x  {OFF}\n"),
    (reasons.bare_switches, f"{ROOM}/services.py", f"post(1)  {SILENT}\n"),
    (records.odd_changelog, "README.md", ""),
    (records.odd_changelog, "CHANGELOG.md", "# Changes\n"),
    (records.odd_changelog, "CHANGELOG.md", "# Changelog\n\n## v1\n"),
    (records.odd_changelog, "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n### News\n"),
    (records.odd_changelog, "CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n### Added\n- Points\n"),
    (records.odd_records, "docs/decisions/rooms.md", RECORD),
    (records.odd_records, "docs/decisions/0001-rooms.md", "# 1. Rooms\n"),
    (sizes.long_files, f"{ROOM}/services.py", "x = 1\n" * 401),
    (sizes.long_files, PAGE, "<br>\n" * 401),
    (sizes.long_functions, f"{ROOM}/services.py", "def post():\n" + "    x = 1\n" * 50),
    (spoken.untold_texts, COMMAND, "click.echo('Done.')\n"),
    (spoken.untold_texts, COMMAND, "def sing():\n    click.echo(f'Wrote {file}')\n"),
    (spoken.untold_texts, COMMAND, "said = 'Everything agrees.'\n"),
    (spoken.untold_texts, COMMAND, "raise click.ClickException(f'{file} is there')\n"),
    (spoken.untold_texts, f"{ROOM}/services.py", "raise UnknownRow(f'There is no row {row}.')\n"),
    (mistakes.unworded_mistakes, f"{ROOM}/services.py", "found = Bad(1, '', 'odd', 'This is odd.')\n"),
    (mistakes.unworded_mistakes, f"{ROOM}/services.py", "yield fault(at, 'odd', f'There is no {name}.')\n"),
    (mistakes.unworded_mistakes, f"{ROOM}/services.py", "raise Odd(Worded(f'There is no {name}.'))\n"),
    (
        mistakes.unworded_mistakes,
        f"{ROOM}/services.py",
        "x = {'pointer': '', 'code': 'odd', 'message': 'Very odd.'}\n",
    ),
    (words.fetched_parts, PAGE, '<script src="https://cdn.example/htmx.js"></script>'),
    (words.fetched_parts, "src/stammis/console/static/a.css", "a { background: url(//cdn.example/a.png) }"),
    (words.unwanted_words, "README.md", "pip install --index-url https://py" + "pi.org/simple"),
    (words.unwanted_words, "docs/a.md", "see ../sha" + "red/notes.md"),
    (words.unwanted_words, "tools/a.py", "PLACE = '/wo" + "rk/main'"),
    (words.unwanted_words, "a.py", "KEY = '-----BEG" + "IN RSA PRIVATE KEY-----'"),
    (words.unwanted_words, "a.py", "KEY = 'AK" + "IAABCDEFGHIJKLMNOP'"),
    (writes.writes_past_services, f"{ROOM}/queries.py", "Row.objects.filter(id=1).delete()\n"),
    (
        writes.writes_past_services,
        "src/stammis/api/views.py",
        "from stammis.ledger.models import Row\nRow.objects.create()\n",
    ),
    (
        writes.writes_past_services,
        f"{ROOM}/services.py",
        "from stammis.members.models import M\nM.objects.update(a=1)\n",
    ),
]

SOUND = {
    f"{ROOM}/__init__.py": '"""Every movement of points, append-only."""\n',
    f"{ROOM}/models.py": "class Row: ...\nraise ValueError('no such row')\n",
    f"{ROOM}/services/posting.py": (
        "from stammis.ledger.models import Row\nfrom stammis.members import queries\n\n"
        "def post():\n    Row.objects.create(a=1)\n    queries.find().delete()\n"
    ),
    f"{ROOM}/queries.py": f"x = Row.objects.filter(a=1)  {OFF} - the linter is wrong here, and this says why\n",
    COMMAND: (
        '"""Sing a song."""\n@click.command(short_help="Sing a song.")\ndef command():\n    """Sing a song."""\n'
        "    assert song, 'there is a song'\n    click.echo(_('Sing %(song)s.') % {'song': song})\n"
        "    click.echo(f'{song}: {_(song)}')\n"
    ),
    "src/stammis/core/rules.py": "import decimal\nfrom msgspec import Struct\nfrom stammis.core.events import Event\n",
    PAGE: (
        "{% load i18n %}{% comment %}Said to nobody{% endcomment %}<style>p { color: red }</style>\n"
        "<a href='https://stammis.example/'>{% translate 'Help' %}</a> <img alt=\"{% translate 'Chart' %}\">\n"
        "{% blocktranslate %}Hello, {{ name }}.{% endblocktranslate %} {{ points }} – 5 % \n"
        '<code>stammis serve</code> <b translate="no">Ada</b>\n'
    ),
    "CHANGELOG.md": "# Changelog\n\n## 0.1.0 – 2030-01-31\n\n### Added\n- Points that expire\n  on their day.\n",
    "docs/decisions/0001-rooms.md": RECORD,
    "pyproject.toml": 'ignore = [\n    "D203",  # its opposite is in force\n]\n',
    "tests/test_x.py": "def test_points_expire(): ...\n",
}


@pytest.mark.parametrize(
    ("agreement", "name", "text"), BROKEN, ids=[f"{a.__name__}-{n}" for n, (a, *_) in enumerate(BROKEN)]
)
def test_a_broken_tree_is_refused(agreement: Callable[[Tree], list[str]], name: str, text: str, tmp_path: Path) -> None:
    found = agreement(plant(tmp_path, {name: text}))
    assert found
    assert Path(found[0].split(":")[0]).name in {Path(name).name, "CHANGELOG.md"}


@pytest.mark.parametrize("agreement", dict.fromkeys(row[0] for row in BROKEN))
def test_a_sound_tree_passes(agreement: Callable[[Tree], list[str]], tmp_path: Path) -> None:
    assert agreement(plant(tmp_path, SOUND)) == []


def test_two_records_of_one_number_are_refused(tmp_path: Path) -> None:
    tree = plant(tmp_path, {f"docs/decisions/0001-{name}.md": RECORD for name in ("floors", "rooms")})
    assert records.odd_records(tree) == ["docs/decisions/0001-rooms.md: a record is NNNN-title.md, each number once"]
