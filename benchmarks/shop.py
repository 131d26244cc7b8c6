"""An installation that runs the programme of twenty rules, with members who have not bought yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import programme
from benchmarks.client import Client, key_of
from benchmarks.scratch import Scratch, Served, scratch, superuser
from stammis.config.postgres import cluster
from stammis.config.postgres.server import Server


@dataclass(frozen=True)
class Shop:
    """A served installation, its database server and a client with a key."""

    scratch: Scratch
    server: Server
    served: Served
    client: Client

    @property
    def dsn(self) -> str:
        """The superuser's address of the installation's database."""
        return superuser(self.server, cluster.DATABASE)


@contextmanager
def opened(members: int) -> Iterator[Shop]:
    """Open a shop with so many members, and close it at the end."""
    with scratch() as place, place.database() as server, place.served() as served:
        place.stammis("programme", "apply", str(programme.FILE))
        client = key_of(served, place.stammis("key", "create", "measured"))
        client.join(members)
        yield Shop(place, server, served, client)
