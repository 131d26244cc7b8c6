"""The sample company is loaded whole, whatever is killed meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stammis.config.postgres import processes
from stammis.config.postgres.server import connect_or_start
from stammis.imports.sample import panel as panels
from tests.config.installed import ask, data_folder, environment, stammis
from tests.processes import end, until

STAMMIS = Path(sys.executable).with_name("stammis")
ROWS = 40_000
LOAD_SECONDS = 300
LOADING = "select loading from kit_installation"
DUE = "accrual_standing where due_at <= '2018-01-01T00:00:00-05:00'"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> panels.Panel:
    """The panel's first month or so."""
    whole, folder = panels.find(), tmp_path_factory.mktemp("panel")
    with pq.ParquetFile(whole.folder / "transactions.parquet") as file:
        batches: list[pa.RecordBatch] = []
        for batch in file.iter_batches(20_000):
            batches.append(batch)
            if len(batches) * 20_000 >= ROWS:
                break
    pq.write_table(pa.Table.from_batches(batches), folder / "transactions.parquet")
    for name in ("products", "demographics"):
        (folder / f"{name}.parquet").symlink_to(whole.folder / f"{name}.parquet")
    return panels.Panel(folder)


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@contextmanager
def loading(data: Path, panel: panels.Panel) -> Iterator[subprocess.Popen[str]]:
    """A load that has begun; at the end it is over, however the test went."""
    load = subprocess.Popen(
        [STAMMIS, "demo", "--no-serve", "--panel", panel.folder],
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield load
    finally:
        end(load)


def wait_for(load: subprocess.Popen[str], word: str = "purchases") -> None:
    """Waits until the load says a word, as it does of the purchases that it has taken in."""
    assert load.stderr is not None
    begun = time.monotonic()
    while word not in (line := load.stderr.readline()):
        assert line, "it has ended"
        assert time.monotonic() - begun < LOAD_SECONDS, "it takes nothing in"


@contextmanager
def unfinished(data: Path, load: subprocess.Popen[str]) -> Iterator[None]:
    """While the block goes on, a load that has begun cannot come to its end, however quick it is."""
    wait_for(load, "Loading")
    with connect_or_start(data) as server:
        until(lambda: ask(server, LOADING) is True)
        with psycopg.connect(server.dsn) as holder:
            holder.execute("lock table kit_installation in share mode")  # who is done writes there
            assert holder.execute(LOADING).fetchone() == (True,)
            yield


def due(data: Path) -> int:
    """How many members something is due for, at the end of the sample's year."""
    with connect_or_start(data) as server:
        found = ask(server, f"select count(*) from {DUE}")  # noqa: S608 - words of our own
    assert isinstance(found, int)
    return found


def check(data: Path, panel: panels.Panel) -> None:
    """Everything is there, once, and every standing is what its events make it."""
    baskets = list(panel.baskets())
    found = json.loads(stammis(data, "metrics", "members", "purchases", "gross_sales", "--json").stdout)
    gross = sum(sum(basket.amounts) for basket in baskets)
    assert found["members"]["value"] == len(panel.households())
    assert found["purchases"]["value"] == len(baskets)
    assert found["gross_sales"]["value"] == f"{gross // 100}.{gross % 100:02d}"
    proof = stammis(data, "verify")
    assert proof.returncode == 0, proof.stdout


def test_a_load_outlives_its_database(data: Path, panel: panels.Panel) -> None:
    with loading(data, panel) as load:
        wait_for(load)
        with connect_or_start(data) as server:
            postmaster = processes.postmaster(server.home.cluster)
            assert postmaster is not None
            os.kill(postmaster, signal.SIGKILL)
        said, errors = load.communicate(timeout=LOAD_SECONDS)
    assert load.returncode == 0, errors
    assert "Sign in as owner@example.com" in said
    check(data, panel)


def test_a_load_that_was_killed_goes_on_at_the_next_call(data: Path, panel: panels.Panel) -> None:
    with loading(data, panel) as load, unfinished(data, load):
        wait_for(load)
        load.kill()
    later = stammis(data, "day", "--to", "2018-02-01T00:00:00-05:00")
    assert later.returncode == 1
    assert "stammis demo --no-serve" in later.stderr
    again = stammis(data, "demo", "--no-serve", "--panel", str(panel.folder))
    assert again.returncode == 0, again.stderr
    check(data, panel)
    assert stammis(data, "day", "--to", "2018-02-01T00:00:00-05:00").returncode == 0
    once_more = stammis(data, "demo", "--no-serve", "--panel", str(panel.folder))
    assert "Loading" not in once_more.stderr


def test_what_fell_due_is_applied_by_the_next_call_where_a_load_was_killed_before_it(
    data: Path, panel: panels.Panel
) -> None:
    number = sum(1 for _ in panel.baskets())
    with (
        loading(data, panel) as load,
        connect_or_start(data) as server,
    ):
        with unfinished(data, load):
            wait_for(load, f"{number:,} of {number:,} purchases")
            holder = psycopg.connect(server.dsn)
            held = f"select 1 from {DUE} limit 1 for update"  # noqa: S608 - words of our own
            assert holder.execute(held.encode()).fetchone(), "nothing is due"
        with holder:  # whom somebody holds is waited for
            wait_for(load, "fallen due")
            load.kill()
    assert due(data)
    again = stammis(data, "demo", "--no-serve", "--panel", str(panel.folder))
    assert again.returncode == 0, again.stderr
    assert "Loading" not in again.stderr
    assert not due(data)
    check(data, panel)
