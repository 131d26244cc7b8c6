"""An installation of a test's own: a database made from a template, and the real web server in a process of its own."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from stammis.accrual import services as accrual
from stammis.api.openapi.examples import A_CORRECTION
from stammis.kit import clock
from stammis.programmes import queries as programmes
from stammis.programmes import services as publishing
from stammis.simulation import services as simulation
from stammis.staff.services import create_key
from tests.plugins.database import when_nobody_is_there
from tests.ports import free_port
from tests.processes import SECONDS, end

BEGINNING = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
_numbers = itertools.count()


@contextlib.contextmanager
def pointed_to(address: str) -> Iterator[None]:
    """Lets Django in this process use another database for a while."""
    before = dict(connection.settings_dict)
    said = conninfo_to_dict(address)
    connection.close()
    connection.settings_dict.update(
        HOST=said.get("host") or "",
        PORT=str(said.get("port") or ""),
        USER=said.get("user") or "",
        PASSWORD=said.get("password") or "",
        NAME=said["dbname"],
    )
    programmes.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        programmes.forget()


def make_template(address: str) -> str:
    """Makes a database with all tables, to be copied, and gives its address."""
    name = f"http_template_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    template = make_conninfo(address, dbname=name)
    with pointed_to(template):
        call_command("migrate", verbosity=0)
    return template


def copy_of(template: str) -> str:
    """Copies a database and gives the copy's address."""
    name = f"http_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(template, dbname="postgres", autocommit=True) as server:
        original = sql.Identifier(str(conninfo_to_dict(template)["dbname"]))
        when_nobody_is_there(server, sql.SQL("create database {} template {}").format(sql.Identifier(name), original))
    return make_conninfo(template, dbname=name)


def url_of(address: str) -> str:
    """Writes a database's address as DATABASE_URL has it."""
    said = conninfo_to_dict(address)
    port = f"&port={said['port']}" if said.get("port") else ""
    password = f":{quote(str(said['password']), safe='')}" if said.get("password") else ""
    return f"postgresql://{said['user']}{password}@/{said['dbname']}?host={said['host']}{port}"


@dataclass
class Caller:
    """Somebody who calls one programme with a key of their own."""

    http: httpx.Client
    programme: str

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Calls an address under /api/v1."""
        return self.http.request(method, f"/api/v1/{path}", json=body, **more)

    def did(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Calls an address and gives the answer, which must be a good one."""
        answer = self.send(method, path, body, **more)
        assert answer.is_success, answer.text
        return answer.json()

    def balance(self, member: str, wallet: str = "points") -> int:
        """What a member has now."""
        return int(self.did("GET", f"members/{member}")["wallets"][wallet]["active"])

    def rows(self, member: str) -> list[dict[str, Any]]:
        """A member's ledger, oldest row first."""
        rows: list[dict[str, Any]] = self.did("GET", f"members/{member}/ledger?limit=200")["items"]
        return rows[::-1]


@dataclass
class Installation:
    """A database and, while it serves, a web server."""

    address: str
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    log: Path | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, folder: Path, workers: int = 1) -> None:
        """Starts the web server as the product does, and waits until it works."""
        self.log = folder / f"web-{self.port}.log"
        environment = {**os.environ, "DATABASE_URL": url_of(self.address), "STAMMIS_WORKERS": str(workers)}
        command = [sys.executable, "-m", "stammis.config.web", "127.0.0.1", str(self.port)]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health").status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
            if self.server.poll() is not None:
                break
        raise TimeoutError(self.log.read_text())

    def stop(self) -> None:
        """Stops the web server as a supervisor does."""
        for client in self.clients:
            client.close()
        if self.server is not None:
            server, self.server = self.server, None
            end(server)

    def publish(self, document: dict[str, Any]) -> str:
        """Publishes a programme and gives its slug."""
        publishing.publish(document, by="tests", now=clock.now())
        return str(document["programme"])

    def back_tested(self, slug: str) -> tuple[str, str]:
        """Tries a programme without its first rule, and gives the ids of that back-test and of the one beside it."""
        programme = programmes.programme(slug)
        rule = programmes.versions(programme.id).document(1).earn[0].id
        run = simulation.work(simulation.begin(programme, by="tests", without=rule, name="without").id)
        return str(run.id), str(run.compared_with_id)

    def planned(self, slug: str) -> str:
        """Plans to put right what the first version gave, by the document of an example; gives the correction's id."""
        programme = programmes.programme(slug)
        document = A_CORRECTION["document"]
        made = simulation.begin_correction(programme, by="tests", name="Wrong rule", wrong=1, document=document)
        return str(simulation.plan(made.id).id)

    def caller(
        self,
        programme: str,
        scopes: tuple[str, ...] = (),
        *,
        bound: bool = True,
        rate_per_minute: int | None = None,
        name: str = "tests",
    ) -> Caller:
        """Gives a caller whose key is bound to the programme, or to none."""
        to = programmes.programme(programme) if bound else None
        _key, plain = create_key(name, scopes, to, rate_per_minute=rate_per_minute, by="tests")
        http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {plain}"}, timeout=SECONDS)
        self.clients.append(http)
        return Caller(http, programme)

    def pass_until(self, to: dt.datetime) -> None:
        """Moves the installation's clock and lets everything happen that is due by then."""
        clock.move(to)
        accrual.pass_days(to)
