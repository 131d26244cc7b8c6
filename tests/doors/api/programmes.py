"""Programmes for the tests: the one that the cases speak of, changed where a case says so."""

from __future__ import annotations

from typing import Any

_NUMBERS = iter(range(1_000_000))


def programme(**changes: Any) -> dict[str, Any]:
    """The programme of the cases: a point for each 1.00 of goods, rounded down, valid 365 days, in London."""
    document: dict[str, Any] = {
        "stammis": 1,
        "programme": f"case-{next(_NUMBERS)}",
        "name": "A case",
        "currency": "GBP",
        "timezone": "Europe/London",
        "from": "2025-06-01",
        "wallets": [wallet()],
        "earn": [{"id": "spend", "kind": "amount", "points": 1, "each": "1.00"}],
    }
    return {**document, **changes}


def wallet(**changes: Any) -> dict[str, Any]:
    """The wallet of the cases."""
    return {"id": "points", "name": "Points", "expiry": {"kind": "days", "days": 365}, **changes}


def purchase(id: str, *amounts: str, member: str | None = "anna", at: str = "2026-03-01T12:00:00Z", **more: Any) -> Any:
    """A purchase of lines with these amounts, their ids counted from 1."""
    lines = [{"id": str(number), "quantity": 1, "amount": amount} for number, amount in enumerate(amounts, start=1)]
    body = {"id": id, "member": member, "occurred_at": at, "currency": "GBP", "lines": lines, **more}
    return {name: value for name, value in body.items() if value is not None}


def goods(*lines: str, id: str = "back", at: str = "2026-03-02T12:00:00Z") -> dict[str, Any]:
    """A return of whole lines."""
    return {"id": id, "occurred_at": at, "lines": [{"line": line} for line in lines]}
