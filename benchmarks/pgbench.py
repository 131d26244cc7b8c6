"""The yardstick of single purchases: the same server, when a client writes each in a transaction of its own.

Begin; insert the event (unique source and id); insert two ledger rows; update the member's balance; commit, and wait
until that is on disk.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from benchmarks.scratch import NotMeasured
from stammis.config.postgres import binaries

SCRIPT = Path(__file__).parent / "pgbench.sql"
CLIENTS = 64
SAMPLED = 0.05
MEMBERS = 100_000
TABLES = """
create table member (id integer primary key, balance bigint not null);
create table event (
    source text not null, id bigint not null, member integer not null, occurred_at timestamptz not null,
    amount bigint not null, primary key (source, id)
);
create table ledger (
    member integer not null, event bigint not null, part smallint not null, amount bigint not null,
    posted_at timestamptz not null, primary key (member, event, part)
);
"""
FILL = "insert into member select id, 0 from generate_series(1, %s) id"


def lay(dsn: str) -> None:
    """Make the yardstick's three tables in an empty database, with 100,000 members."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute(FILL, (MEMBERS,))
        connection.execute("vacuum analyze")


@dataclass(frozen=True, slots=True)
class Run:
    """What pgbench saw; the latencies are of every twentieth transaction."""

    per_second: float
    p50_ms: float
    p99_ms: float


def run(dsn: str, *, seconds: int, clients: int = CLIENTS) -> Run:
    """Let pgbench write with prepared statements for so long. Raises NotMeasured where it fails."""
    with tempfile.TemporaryDirectory(prefix="stammis-bench-") as logs:
        per_second = _run(dsn, seconds, clients, f"{logs}/log")
        taken = [int(line.split()[2]) for log in Path(logs).iterdir() for line in log.read_text().splitlines()]
    hundredths = statistics.quantiles(taken, n=100)
    return Run(per_second, hundredths[49] / 1000, hundredths[98] / 1000)


def _run(dsn: str, seconds: int, clients: int, log: str) -> float:
    address = urlsplit(dsn)
    options = parse_qs(address.query)
    ended = subprocess.run(
        [
            binaries.find().program("pgbench"),
            *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"),
            *(f"--client={clients}", "--jobs=2", f"--time={seconds}"),
            *("--log", f"--log-prefix={log}", f"--sampling-rate={SAMPLED}"),
            *(f"--host={options['host'][0]}", f"--port={options['port'][0]}", f"--username={address.username}"),
            address.path.lstrip("/"),
        ],
        env={"PGPASSWORD": unquote(address.password or ""), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^tps = ([0-9.]+)", ended.stdout, re.MULTILINE)
    if ended.returncode or not found:
        raise NotMeasured(f"pgbench failed:\n{(ended.stderr + ended.stdout)[-2000:]}")
    return float(found[1])
