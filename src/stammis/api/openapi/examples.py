"""Examples for every body: one small story of a member, in the order in which the tests send it."""

from __future__ import annotations

from typing import Any

MEMBER_ID = "anna"
PURCHASE_ID = "A-1001"
REDEMPTION_ID = "R-1"
EVENT_ID = "review-7"
TIER_SET = "club"

ANNA: dict[str, Any] = {
    "email": "anna@example.com",
    "name": "Anna Virtanen",
    "birthday": "1990-04-17",
    "locale": "fi",
    "attributes": {"shoe_size": 38},
    "labels": ["newsletter"],
    "consents": {"email": True},
}
AN_ORDER: dict[str, Any] = {
    "id": PURCHASE_ID,
    "member": MEMBER_ID,
    "occurred_at": "2026-03-04T12:30:00+02:00",
    "currency": "EUR",
    "channel": "web",
    "lines": [
        {"id": "1", "sku": "tea-green", "category": "tea", "quantity": 2, "amount": "99.80", "tax": "11.98"},
        {"id": "2", "name": "Honey", "quantity": "0.750", "amount": "12.40"},
        {"id": "3", "kind": "shipping", "quantity": 1, "amount": "4.90"},
    ],
    "discounts": [{"amount": "10.00", "kind": "shop"}],
}
A_RETURN: dict[str, Any] = {
    "id": "B-1",
    "occurred_at": "2026-03-10T09:00:00+02:00",
    "lines": [{"line": "1", "quantity": 1}],
}
MONEY_BACK: dict[str, Any] = {"id": "B-2", "occurred_at": "2026-03-11T09:00:00+02:00", "money": "2.00"}
A_REVIEW: dict[str, Any] = {
    "id": EVENT_ID,
    "type": "review",
    "member": MEMBER_ID,
    "occurred_at": "2026-03-12T18:00:00+02:00",
    "properties": {"stars": 5, "product": "tea-green"},
}
A_CANCELLATION: dict[str, Any] = {"status": "cancelled", "occurred_at": "2026-03-20T08:00:00+02:00"}
A_BATCH: dict[str, Any] = {
    "items": [
        {"kind": "member", "member": "ben", "name": "Ben"},
        {
            "kind": "purchase",
            "id": "T7-000123",
            "member": "ben",
            "occurred_at": "2026-03-05T17:45:00+02:00",
            "currency": "EUR",
            "store": "7",
            "lines": [{"id": "1", "quantity": 1, "amount": "8.40"}],
        },
        {
            "kind": "return",
            "id": "B-3",
            "purchase": "T7-000123",
            "occurred_at": "2026-03-06T10:00:00+02:00",
            "lines": [{"line": "1"}],
        },
        {
            "kind": "status",
            "purchase": "T7-000123",
            "status": "completed",
            "occurred_at": "2026-03-05T17:46:00+02:00",
        },
        {
            "kind": "event",
            "id": "visit-1",
            "type": "visit",
            "member": "ben",
            "occurred_at": "2026-03-07T10:00:00+02:00",
        },
    ]
}
A_REDEMPTION: dict[str, Any] = {"id": REDEMPTION_ID, "member": MEMBER_ID, "reward": "bag"}
A_TRANSFER: dict[str, Any] = {"id": "T-1", "from": MEMBER_ID, "to": "ben", "wallet": "points", "amount": 5}
AN_EXCHANGE: dict[str, Any] = {"id": "X-1", "member": MEMBER_ID, "from": "points", "to": "miles", "amount": 100}
A_MERGE: dict[str, Any] = {"id": "M-1", "member": "ben", "into": MEMBER_ID}
A_PROOF: dict[str, Any] = {"email": "anna@example.com"}
POOL_ID = "virtanen"
A_HOUSEHOLD: dict[str, Any] = {"kind": "household", "name": "The Virtanens"}
A_PART: dict[str, Any] = {"share": 50, "rights": ["earn", "spend", "view"]}
A_GIFT: dict[str, Any] = {
    "id": "C-1",
    "member": MEMBER_ID,
    "wallet": "points",
    "amount": 50,
    "reason": "The parcel came late.",
}
A_LEVEL: dict[str, Any] = {"level": "gold", "until": "2030-12-31", "reason": "Promised when the shops merged."}
A_RATE: dict[str, Any] = {"on": "2026-03-01", "rate": "17"}
HOLD_ID = "H-1"
A_HOLD: dict[str, Any] = {"id": HOLD_ID, "member": MEMBER_ID, "wallet": "points", "amount": 20, "seconds": 900}
ANOTHER_HOLD_ID = "H-2"
ANOTHER_HOLD: dict[str, Any] = {**A_HOLD, "id": ANOTHER_HOLD_ID, "seconds": 60}
A_CAPTURE: dict[str, Any] = {"amount": 15}
AN_EXTENSION: dict[str, Any] = {
    "id": "L-1",
    "member": MEMBER_ID,
    "wallet": "points",
    "last_day": "2027-12-31",
    "reason": "The shop was closed.",
}
PENDING_ROW, TAKEN_ID = "0199c2f07a5b7c3e8d21f4a60b9e7c11-3", "S-2"
A_SETTLING: dict[str, Any] = {"id": "S-1", "reason": "The parcel has arrived."}
DRAFT_ID = "0199c2f0-7a5b-7c3e-8d21-f4a60b9e7c11"
A_DRAFT: dict[str, Any] = {"name": "Summer"}
A_CHANGE: dict[str, Any] = {
    "document": {
        "stammis": 1,
        "programme": "shop",
        "name": "Shop points",
        "currency": "EUR",
        "timezone": "Europe/Helsinki",
        "wallets": [{"id": "points", "name": "points"}],
        "earn": [{"id": "spend", "kind": "amount", "points": "1.5"}],
    },
    "after": 1,
    "note": "Half as much again in summer.",
}
A_RECKONING: dict[str, Any] = {}
AN_EXPIRY: dict[str, Any] = {"expiry": {"kind": "days", "days": 180}}
BACKTEST_ID = "0199c2f0-7a5b-7c3e-8d21-f4a60b9e7c22"
OTHER_BACKTEST_ID = "0199c2f0-7a5b-7c3e-8d21-f4a60b9e7c33"
A_BACKTEST: dict[str, Any] = {"document": A_CHANGE["document"], "from": "2026-02-01", "name": "Half as much again"}
A_RULE_LEFT_OUT: dict[str, Any] = {"without": "spend", "from": "2026-02-01", "to": "2026-03-01", "sample": 100}
CORRECTION_ID = "0199c2f0-7a5b-7c3e-8d21-f4a60b9e7c44"
A_CORRECTION: dict[str, Any] = {"name": "Too many points in March", "wrong": 1, "document": A_CHANGE["document"]}
A_CORRECTION_BY_FILE: dict[str, Any] = {
    "name": "Three days in March",
    "from": "2026-03-02T00:00:00+02:00",
    "to": "2026-03-05T00:00:00+02:00",
    "document": A_CHANGE["document"],
}
A_POSTING: dict[str, Any] = {"scope": "gains"}
AN_UNDOING: dict[str, Any] = {}
A_PROOF_OF_THE_LEDGER: dict[str, Any] = {"proof": True}
