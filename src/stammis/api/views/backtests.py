"""Back-tests: asked for, listed, read, stopped, compared, taken away."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from pathlib import Path
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from stammis.api.door import api, let_in, reply
from stammis.api.languages import spoken
from stammis.api.listing import limited
from stammis.api.once import once
from stammis.api.openapi.describing import IDEMPOTENCY_KEY, Description, described, path_uuid
from stammis.api.openapi.examples import (
    A_BACKTEST,
    A_PROOF_OF_THE_LEDGER,
    A_RULE_LEFT_OUT,
    BACKTEST_ID,
    OTHER_BACKTEST_ID,
)
from stammis.api.scoping import programme_of
from stammis.api.shapes import BacktestAnswer, BacktestsAnswer, ComparisonAnswer
from stammis.intake.documents import BacktestBody, read_backtest
from stammis.kit.pages import page
from stammis.programmes import drafts
from stammis.programmes import queries as published
from stammis.programmes import services as publishing
from stammis.programmes.models import Programme
from stammis.simulation import queries, sentences, services, tasks
from stammis.simulation.models import Run
from stammis.simulation.queries import Assumed
from stammis.simulation.queries.comparing import Comparison
from stammis.staff.models import ApiKey
from stammis.staff.services import record_audit

READ, WRITE = "backtests:read", "backtests:write"
CONTENT = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


_ID = path_uuid("id", "The back-test.", BACKTEST_ID)
_OTHER = path_uuid("other", "The back-test beside it: over the same days, members and history.", OTHER_BACKTEST_ID)
_TABLE: Description = {
    "name": "table",
    "in": "path",
    "required": True,
    "description": "members: changes by member and wallet; balances: movements as tried; rewards: rewards by member;"
    " costs: what wallets and rewards cost, with the 95 % interval; levels: levels by member."
    " The column member is the caller's own id of a member, member_id the one inside Stammis.",
    "schema": {"type": "string"},
    "example": "members",
}
_FORM: Description = {"name": "form", "in": "query", "description": "csv or parquet."}

_FILE: Description = described(
    "Back-tests", scope=READ, answers={}, problems=(404, 409, 422), parameters=[_ID, _TABLE, _FORM]
)
_FILE["responses"]["200"] = {
    "description": "The table.",
    "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in CONTENT.values()},
}


@api.post(
    "backtests",
    operation_id="begin_backtest",
    summary="Try a programme on the stored history",
    description="It runs in the background: ask for its state until it is done. The same question that is not done yet"
    " is the same back-test. Nothing is written to anybody's account.",
    openapi_extra=described(
        "Back-tests",
        scope=WRITE,
        body=BacktestBody,
        examples={"a document": A_BACKTEST, "a rule left out": A_RULE_LEFT_OUT, "the proof": A_PROOF_OF_THE_LEDGER},
        answers={202: BacktestAnswer},
        problems=(404, 409),
        parameters=[IDEMPOTENCY_KEY],
        replays=True,
    ),
)
def begin_backtest(request: HttpRequest) -> HttpResponse:
    """Ask for a back-test and hand it to the worker."""
    key = let_in(request, WRITE)
    body = read_backtest(request.body)
    programme = programme_of(key, body.programme)

    def write() -> tuple[int, dict[str, Any]]:
        run = _begin(programme, body, key)
        tasks.hand_over(run)
        record_audit(key.name, "simulation.begin", subject=run.name)
        return 202, _answer(queries.run(programme, run.id))

    return once(request, key, hashlib.sha256(request.body).digest(), write)


def _begin(programme: Programme, body: BacktestBody, key: ApiKey) -> Run:
    if body.proof:
        return services.begin_identity(programme, by=key.name)
    draft = drafts.find(programme, body.draft) if body.draft else None
    return services.begin(
        programme,
        by=key.name,
        document=draft.document if draft else body.document,
        without=body.without or "",
        first=body.from_,
        end=body.to,
        opening=Run.Opening(body.opening),
        label=body.label or "",
        sample=body.sample,
        redemption=Run.Redemption(body.redemption),
        response=None if body.response is None else (body.response.low, body.response.high),
        name=body.name or (draft.name if draft else f"without {body.without}" if body.without else key.name),
    )


@api.get(
    "backtests",
    operation_id="list_backtests",
    summary="Back-tests of a programme",
    openapi_extra=described("Back-tests", scope=READ, answers={200: BacktestsAnswer}, problems=(404, 422)),
)
def list_backtests(
    request: HttpRequest, cursor: str | None = None, limit: int = 50, programme: str | None = None
) -> HttpResponse:
    """Give a page of back-tests, newest first."""
    key = let_in(request, READ)
    runs = queries.runs(programme_of(key, programme))
    found = page(runs, order=("-id",), cursor=cursor, limit=limited(limit))
    return reply({"items": [_item(run) for run in found.rows], "next": found.after})


@api.get(
    "backtests/{uuid:id}",
    operation_id="get_backtest",
    summary="A back-test: how far it is, and what it came to",
    openapi_extra=described(
        "Back-tests", scope=READ, answers={200: BacktestAnswer}, problems=(404, 422), parameters=[_ID]
    ),
)
def get_backtest(request: HttpRequest, id: uuid.UUID, programme: str | None = None) -> HttpResponse:
    """Give a back-test as it stands."""
    key = let_in(request, READ)
    return reply(_answer(queries.run(programme_of(key, programme), id)))


@api.delete(
    "backtests/{uuid:id}",
    operation_id="cancel_backtest",
    summary="Stop a back-test, or remove one that has ended",
    description="What is reckoned of it stays: the same question asked again goes on there. One that is done stays,"
    " unless «remove» says otherwise: then it is taken away with all that it came to.",
    openapi_extra=described(
        "Back-tests", scope=WRITE, answers={200: BacktestAnswer}, problems=(404, 422), parameters=[_ID]
    ),
)
def cancel_backtest(
    request: HttpRequest,
    id: uuid.UUID,
    remove: bool = False,  # noqa: FBT001, FBT002 - a parameter of the address
    programme: str | None = None,
) -> HttpResponse:
    """Stop a back-test, or remove it."""
    key = let_in(request, WRITE)
    scope = programme_of(key, programme)
    run = queries.run(scope, id)
    if remove and run.state not in {Run.State.QUEUED, Run.State.RUNNING}:
        answer = _answer(run)
        services.remove(run)
        record_audit(key.name, "simulation.remove", subject=run.name)
        return reply(answer)
    services.cancel(run)
    record_audit(key.name, "simulation.cancel", subject=run.name)
    return reply(_answer(queries.run(scope, id)))


@api.post(
    "backtests/{uuid:id}/pin",
    operation_id="pin_backtest",
    summary="Keep a back-test, or let it go with the old ones",
    description="Old back-tests are removed; one that is pinned stays until somebody removes it. pinned=false unpins.",
    openapi_extra=described(
        "Back-tests", scope=WRITE, answers={200: BacktestAnswer}, problems=(404, 422), parameters=[_ID]
    ),
)
def pin_backtest(
    request: HttpRequest,
    id: uuid.UUID,
    pinned: bool = True,  # noqa: FBT001, FBT002 - a parameter of the address
    programme: str | None = None,
) -> HttpResponse:
    """Pin or unpin a back-test."""
    key = let_in(request, WRITE)
    scope = programme_of(key, programme)
    run = queries.run(scope, id)
    services.pin(run, pinned=pinned)
    record_audit(key.name, "simulation.pin" if pinned else "simulation.unpin", subject=run.name)
    return reply(_answer(queries.run(scope, id)))


@api.get(
    "backtests/{uuid:id}/compare/{uuid:other}",
    operation_id="compare_backtests",
    summary="Two back-tests side by side",
    description="The run of what is published over the same is compared_with of each. 409: not_comparable.",
    openapi_extra=described(
        "Back-tests",
        scope=READ,
        answers={200: ComparisonAnswer},
        problems=(404, 409, 422),
        parameters=[_ID, _OTHER],
    ),
)
def compare_backtests(
    request: HttpRequest, id: uuid.UUID, other: uuid.UUID, lang: str | None = None, programme: str | None = None
) -> HttpResponse:
    """Lay a back-test beside another."""
    scope = programme_of(let_in(request, READ), programme)
    run = queries.run(scope, id)
    beside = queries.run(scope, other)
    found, supposed = queries.compared(run, beside), queries.supposed(run, beside)
    with translation.override(spoken(lang) or translation.get_language()):
        return reply(_comparison(run, found) | {"assumed": _assumed(supposed)})


@api.get(
    "backtests/{uuid:id}/export/{table}",
    operation_id="export_backtest",
    summary="A table of a back-test as CSV or Parquet",
    description="Beside what was published over the same. 409: not_comparable. 422: unknown_table.",
    openapi_extra=_FILE,
)
def export_backtest(
    request: HttpRequest,
    id: uuid.UUID,
    table: str,
    form: Literal["csv", "parquet"] = "csv",
    programme: str | None = None,
) -> HttpResponse:
    """Give a table as a file."""
    run = queries.run(programme_of(let_in(request, READ), programme), id)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        queries.export(run, table, form, file)
        answer = HttpResponse(file.read_bytes(), content_type=CONTENT[form])
    answer["Content-Disposition"] = f'attachment; filename="back-test-{run.id.hex[-8:]}-{table}.{form}"'
    return answer


def _item(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "name": run.name,
        "state": run.state,
        "proof": run.exact,
        "without": run.without or None,
        "from": run.begins_on,
        "to": run.ends_on,
        "label": run.label or None,
        "sample": run.sample,
        "opening": run.opening,
        "redemption": run.redemption,
        "response": None if run.response_low is None else {"low": run.response_low, "high": run.response_high},
        "pinned": run.pinned,
        "done": run.done,
        "total": run.total,
        "message": run.message,
        "begun_by": run.begun_by,
        "begun_at": run.begun_at,
        "finished_at": run.finished_at,
        "compared_with": str(run.compared_with_id) if run.compared_with_id else None,
    }


def _answer(run: Run) -> dict[str, Any]:
    summary = queries.summary_of(run)
    result: dict[str, Any] | None = None
    if summary is not None:
        names = ("members", "purchases", "touched", "gross_minor", "share", "wallets", "limits", "compared")
        result = {name: getattr(summary, name) for name in (*names, "differing")}
        result["not_possible"] = summary.refused
    return _item(run) | {"document": run.document, "result": result}


def _comparison(run: Run, found: Comparison) -> dict[str, Any]:
    versions = published.versions(run.programme_id)
    document = publishing.read(run.document) if run.document is not None else versions.document(versions.stamp[0])
    plain: dict[str, Any] = msgspec.to_builtins(found)
    names = ("share", "in_money", "cost_minor", "groups")
    return {name: plain[name] for name in names} | {
        "backtest": plain["run"],
        "other": plain["other"],
        "sentences": sentences.verdict(found, document),
        "assumption": str(sentences.BEHAVIOUR),
        **{name: plain["spread"][name] for name in ("better", "same", "worse")},
        "percentiles": {str(share): change for share, change in plain["spread"]["percentiles"].items()},
        "wallets": [_wallet(wallet) for wallet in plain["wallets"]],
        "rewards": [_reward(reward) for reward in plain["rewards"]],
        "rules": [_renamed(rule) for rule in plain["rules"]],
        "levels": [_level(level) for level in plain["levels"]],
        "largest": [
            {"member": each["reference"], "id": each["member"], "change": each["change"], "points": each["points"]}
            for each in plain["largest"]
        ],
    }


def _renamed(side: dict[str, Any]) -> dict[str, Any]:
    """Call what is not as tried the other side: it need not be today's."""
    told = {name.replace("today", "other"): value for name, value in side.items()}
    told.pop("outstanding_minor", None)
    return told


def _wallet(side: dict[str, Any]) -> dict[str, Any]:
    estimates = {name: _renamed(each) for name, each in side["estimates"].items()}
    outstanding = None if side["outstanding"] is None else _renamed(side["outstanding"])
    return _renamed(side) | {"estimates": estimates, "outstanding": outstanding}


def _level(side: dict[str, Any]) -> dict[str, Any]:
    told = _renamed(side)
    told["other_estimate"], told["tried_estimate"] = told.pop("estimates") or (None, None)
    return told


def _reward(side: dict[str, Any]) -> dict[str, Any]:
    told = _renamed(side)
    told["each_other"], told["each_tried"] = told.pop("each_minor")
    return told


def _assumed(found: Assumed) -> dict[str, Any]:
    ages = {curve.wallet: msgspec.to_builtins(curve.ages) for curve in found.curves}
    return {
        "redemption": [msgspec.to_builtins(each) | {"ages": ages[each.wallet]} for each in found.redemption],
        "response": msgspec.to_builtins(found.response),
    }
