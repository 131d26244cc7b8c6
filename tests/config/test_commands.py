"""The command line: what it prints, what it ends with, and that backups come back."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stammis.config.postgres.server import connect_or_start
from stammis.programmes import yaml
from tests.config.installed import data_folder, stammis

pytestmark = pytest.mark.xdist_group("commands")


@pytest.fixture(scope="module")
def begun() -> Iterator[Path]:
    """The data folder of an installation with an owner, a programme and a clock of its own."""
    with data_folder() as folder:
        made = stammis(folder, "init", "--owner", "anna@example.com", "--template", "cafe-stamps", *CLOCK)
        assert made.returncode == 0, made.stderr
        assert "anna@example.com" in made.stdout
        assert "Password, shown once: " in made.stdout
        yield folder


CLOCK = ("--clock", "2018-01-01T00:00:00-05:00")


def test_init_again_changes_nothing(begun: Path) -> None:
    again = stammis(begun, "init", "--owner", "bert@example.com", "--template", "cafe-stamps", *CLOCK)
    assert again.returncode == 0
    assert "anna@example.com is there already" in again.stdout
    assert "version 1" in again.stdout


def test_a_key_stands_alone_on_the_last_line(begun: Path) -> None:
    made = stammis(begun, "key", "create", "till", "--scope", "members:read", "--programme", "stamps")
    assert made.returncode == 0
    assert made.stdout.splitlines()[-1].startswith("stammis_")
    assert " " not in made.stdout.splitlines()[-1]


def test_an_unknown_scope_is_a_failure_that_names_all_scopes(begun: Path) -> None:
    made = stammis(begun, "key", "create", "till", "--scope", "members:steal")
    assert made.returncode == 1
    assert "purchases:write" in made.stderr
    assert "Traceback" not in made.stderr


def test_wrong_usage_ends_with_2(begun: Path) -> None:
    assert stammis(begun, "key", "create").returncode == 2
    assert stammis(begun, "sing").returncode == 2
    late = stammis(begun, "init", "--clock", "2018-01-01T00:00:00")
    assert late.returncode == 2
    assert "has no offset" in late.stderr


@pytest.mark.parametrize("command", ["metrics", "verify", "liability", "seals"])
def test_what_only_looks_makes_no_installation_where_there_is_none(tmp_path: Path, command: str) -> None:
    mistyped = tmp_path / "stamis"
    looked = stammis(mistyped, command)
    assert looked.returncode == 1
    assert f"There is no installation in {mistyped}." in looked.stderr
    assert not mistyped.exists()


def test_staff_are_invited_reset_and_disabled(begun: Path) -> None:
    invited = stammis(
        begun, "staff", "invite", "cleo@example.com", "--role", "agent", STAMMIS_URL="https://points.example"
    )
    assert invited.returncode == 0
    assert "https://points.example/console/welcome/" in invited.stdout
    assert stammis(begun, "staff", "reset", "cleo@example.com").returncode == 0
    assert stammis(begun, "staff", "disable", "cleo@example.com").returncode == 0
    nobody = stammis(begun, "staff", "reset", "dora@example.com")
    assert nobody.returncode == 1
    assert "Nobody active here" in nobody.stderr
    last = stammis(begun, "staff", "disable", "anna@example.com")
    assert last.returncode == 1
    assert "at least one owner" in last.stderr


def test_a_programme_file_is_checked_applied_and_written_out(begun: Path, tmp_path: Path) -> None:
    written = tmp_path / "programme.yaml"
    assert stammis(begun, "programme", "export", str(written)).returncode == 0
    assert stammis(begun, "programme", "check", str(written)).returncode == 0
    assert "version 1" in stammis(begun, "programme", "apply", str(written)).stdout
    written.write_text(written.read_text().replace("currency", "currrency"))
    bad = stammis(begun, "programme", "check", str(written))
    assert bad.returncode == 1
    assert "currency" in bad.stderr


def test_a_plan_says_in_sentences_and_for_programs_what_a_file_would_change(begun: Path, tmp_path: Path) -> None:
    written = tmp_path / "programme.yaml"
    assert stammis(begun, "programme", "export", str(written)).returncode == 0
    same = stammis(begun, "programme", "plan", str(written), "--exit-code")
    assert (same.returncode, "says the same as version 1" in same.stdout) == (0, True)
    document = yaml.load(written.read_bytes())
    [reward, *_others] = document["rewards"]
    reward["price"] += 1
    written.write_text(yaml.dump(document))
    changed = stammis(begun, "programme", "plan", str(written))
    assert changed.returncode == 0
    assert "version 2 would differ from version 1 in 1 part." in changed.stdout
    assert f"changed rewards {reward['id']}" in changed.stdout
    assert f"{reward['price'] - 1} → {reward['price']}" in changed.stdout
    assert "Over the last 90 days:" in changed.stdout
    assert "There was nobody in these days to try it on." in changed.stdout
    assert "Trying it on the last 90 days" in changed.stderr
    told = stammis(begun, "programme", "plan", str(written), "--json", "--exit-code")
    assert told.returncode == 3
    plan = json.loads(told.stdout)
    assert (plan["costs"]["days"], plan["costs"]["spread"]["better"]) == (90, 0)
    fast = json.loads(stammis(begun, "programme", "plan", str(written), "--json", "--no-costs").stdout)
    assert fast == {name: each for name, each in plan.items() if name != "costs"}
    assert (plan["version"], plan["compared_with"], plan["new"], plan["begins"]) == (2, 1, False, None)
    assert [(change["kind"], change["list"], change["id"]) for change in plan["changes"]] == [
        ("changed", "rewards", reward["id"])
    ]
    written.write_text(yaml.dump({**document, "from": "2017-01-01"}))
    late = stammis(begun, "programme", "plan", str(written))
    assert late.returncode == 1
    assert "Only a programme's first version may begin in the past" in late.stderr
    new = tmp_path / "new.yaml"
    new.write_text(yaml.dump({**document, "programme": "another"}))
    assert "a new programme." in stammis(begun, "programme", "plan", str(new)).stdout


def test_a_backup_comes_back_whole_in_an_empty_installation_and_nowhere_else(begun: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert stammis(begun, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    assert stammis(begun, "backup", str(file)).returncode == 2, "it does not write over another one unasked"
    into_full = stammis(begun, "restore", str(file))
    assert into_full.returncode == 1
    assert "not empty" in into_full.stderr
    with data_folder() as folder:
        restored = stammis(folder, "restore", str(file))
        assert restored.returncode == 0, restored.stderr
        assert "nothing differs" in restored.stdout
        assert "already" in stammis(folder, "init").stdout
        with connect_or_start(folder) as server, psycopg.connect(server.dsn) as database:
            assert database.execute("select own_clock from kit_installation").fetchone() == (True,)
            rights = (
                "select distinct has_table_privilege(tgrelid, 'UPDATE') from pg_trigger"
                " where tgfoid = 'kit_refuse_change'::regproc"
            )
            assert database.execute(rights).fetchall() == [(False,)]


def test_a_file_that_is_no_backup_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Dear database")
    with data_folder() as folder:
        refused = stammis(folder, "restore", str(file))
        assert refused.returncode == 1
        assert "not a backup" in refused.stderr


def test_an_upgrade_says_what_waits_before_it_does_it(begun: Path) -> None:
    assert "Nothing to do" in stammis(begun, "upgrade").stdout
    with connect_or_start(begun) as server, psycopg.connect(server.dsn) as database:
        database.execute("insert into django_migrations (app, name, applied) values ('kit', '9999_later', now())")
    newer = stammis(begun, "key", "create", "till")
    assert newer.returncode == 1
    assert "newer release" in newer.stderr
    with connect_or_start(begun) as server, psycopg.connect(server.dsn) as database:
        database.execute("delete from django_migrations where name = '9999_later'")


def test_a_database_of_ones_own_that_does_not_answer_is_said_plainly(tmp_path: Path) -> None:
    silent = stammis(tmp_path, "key", "create", "till", DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert silent.returncode == 1
    assert "Check DATABASE_URL" in silent.stderr


def test_a_database_of_ones_own_replaces_the_embedded_one(database_address: str, tmp_path: Path) -> None:
    name = "stammis_of_ones_own"
    with psycopg.connect(database_address, autocommit=True) as database:
        database.execute(f"create database {name}")
        address = database_address.replace("/stammis?", f"/{name}?")
        try:
            made = stammis(tmp_path, "init", DATABASE_URL=address)
            assert made.returncode == 0, made.stderr
            assert not list(tmp_path.glob("postgres*"))
        finally:
            database.execute(f"drop database {name}")  # without force it ends autovacuum, which is not ours to end


def test_production_refuses_a_default_secret_and_a_clock_of_its_own(begun: Path) -> None:
    own_clock = stammis(begun, "serve", "--port", "65535", STAMMIS_PRODUCTION="1")
    assert own_clock.returncode == 1
    assert "clock of its own" in own_clock.stderr
    weak = stammis(begun, "serve", "--port", "65535", STAMMIS_PRODUCTION="1", STAMMIS_SECRET_KEY="secret")
    assert weak.returncode == 1
    assert "STAMMIS_SECRET_KEY is the default" in weak.stderr


def test_a_clock_cannot_be_begun_where_time_is_real_already() -> None:
    with data_folder() as folder:
        assert stammis(folder, "init").returncode == 0
        late = stammis(folder, "init", *CLOCK)
        assert late.returncode == 1
        assert "first start" in late.stderr
