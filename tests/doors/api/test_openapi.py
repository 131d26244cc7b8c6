"""The OpenAPI document is true: its examples work as they stand, and the answers have the shapes that it shows."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it carries no types
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stammis.api.openapi.examples import (
    A_BATCH,
    BACKTEST_ID,
    CORRECTION_ID,
    DRAFT_ID,
    MEMBER_ID,
    OTHER_BACKTEST_ID,
    PENDING_ROW,
)
from stammis.intake.bodies import Body
from stammis.programmes import yaml
from stammis.simulation import tasks
from tests.doors.api.installation import Caller, Installation
from tests.processes import SECONDS

SHOP = Path("src/stammis/programmes/templates/shop-points.yaml")
ORDER = (
    "put_member",
    "put_level",
    "put_rate",
    "record_purchase",
    "redeem",
    "get_redemption",
    "cancel_redemption",
    "hold",
    "capture_hold",
    "release_hold",
    "extend",
    "record_event",
    "adjust",
    "return_goods",
    "record_batch",
    "transfer",
    "exchange",
    "put_pool",
    "join_pool",
    "leave_pool",
    "merge",
    "undo_merge",
    "verify_contact",
    "change_purchase_status",
    "reckon_liability",
    "expiry_effect",
)
DRAFT = ("put_draft", "undo_draft", "review_draft", "return_draft", "review_draft", "approve_draft", "publish_draft")
ANOTHER_DRAFT = ("put_draft", "discard_draft")
SETTLED = ("release_pending", "cancel_pending", "restore_pending")
BACKTEST = ("begin_backtest", "pin_backtest", "cancel_backtest")
CORRECTION = ("begin_correction", "post_correction", "undo_correction", "drop_correction")
ROUNDS = 12
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ANY = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def slug(installation: Installation) -> str:
    levels = [{"id": "basic", "name": "Basic", "at": 0}, {"id": "gold", "name": "Gold", "at": 1000}]
    club = {"id": "club", "name": "Club", "counts": "spend", "levels": levels}
    document = {**yaml.load(SHOP.read_text()), "from": "2026-01-01", "tiers": [club]}
    document["wallets"] = [*document["wallets"], {"id": "miles", "name": "Miles"}]
    waits = {"id": "later", "kind": "event", "event": "visit", "points": 5, "pending": {"kind": "days", "days": 30}}
    document["earn"] = [*document["earn"], waits]
    document["exchange"] = [{"from": "points", "to": "miles", "each": 10, "gives": 1}]
    return installation.publish(document)


@pytest.fixture(scope="module")
def caller(installation: Installation, slug: str) -> Caller:
    return installation.caller(slug)


@pytest.fixture(scope="module")
def reviewer(installation: Installation, slug: str) -> Caller:
    return installation.caller(slug, name="reviewer")


@pytest.fixture(scope="module")
def document(installation: Installation, caller: Caller) -> dict[str, Any]:
    document: dict[str, Any] = httpx.get(f"{installation.url}/api/v1/openapi.json", timeout=SECONDS).json()
    return document


def operations(document: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, address and description of every operation, by its id."""
    return {
        operation["operationId"]: (method.upper(), address, operation)
        for address, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def check_answer(document: dict[str, Any], operation: dict[str, Any], answer: httpx.Response) -> None:
    """The answer's status, kind of content and JSON are among those that the document shows."""
    shown = operation["responses"].get(str(answer.status_code))
    assert shown, f"{operation['operationId']}: {answer.status_code} is not shown: {answer.text}"
    content = shown["content"][answer.headers["content-type"]]
    schema = {**content["schema"], "components": document["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())


def test_every_example_works_as_it_stands_and_answers_as_shown(
    installation: Installation, document: dict[str, Any], caller: Caller, reviewer: Caller
) -> None:
    known = operations(document)
    row = ""
    for name in ORDER:
        for answer in sent(document, name, caller):
            row = next((each["row"] for each in answer.get("effects", []) if "row" in each), row)
    for name in SETTLED:
        sent(document, name, caller, pending=waiting_row(caller))
    for name in DRAFT:
        sent(document, name, reviewer if name == "approve_draft" else caller)
    for name in ANOTHER_DRAFT:
        sent(document, name, caller, draft=DRAFT_ID.replace("0199", "019a"))
    tried, today = installation.back_tested(caller.programme)
    for name in BACKTEST:
        sent(document, name, caller, backtest=tried)
    planned = installation.planned(caller.programme)
    for name in CORRECTION:
        put_away = name == "drop_correction"
        sent(document, name, caller, correction=installation.planned(caller.programme) if put_away else planned)
        if name == "post_correction":
            tasks.correct(planned)
    reading = [each for each in known.values() if each[0] == "GET"]
    worked = {*ORDER, *SETTLED, *DRAFT, *ANOTHER_DRAFT, *BACKTEST, *CORRECTION}
    assert len(reading) == len(known) - len(worked) + 1
    for _method, address, operation in reading:
        path = address.replace("{row}", row).replace("{name}", "points_issued")
        path = filled(path, operation).replace(BACKTEST_ID, tried).replace(OTHER_BACKTEST_ID, today)
        path = path.replace(CORRECTION_ID, planned)
        read = caller.http.get(path)
        assert read.is_success, f"{address}: {read.text}"
        if "application/json" not in operation["responses"]["200"]["content"]:
            assert read.headers["content-type"].partition(";")[0] in operation["responses"]["200"]["content"]
            continue
        check_answer(document, operation, read)
    outcomes = caller.did("POST", "batch", A_BATCH)["outcomes"]
    assert {each["status"] for each in outcomes} <= {200, 201}


def waiting_row(caller: Caller) -> str:
    """The row of points that are pending."""
    at = {"occurred_at": "2026-04-01T00:00:00Z", "type": "visit", "member": MEMBER_ID}
    said = caller.did("POST", "events", {"id": f"visit-{len(caller.rows(MEMBER_ID))}", **at})
    return str(said["effects"][0]["row"])


def sent(
    document: dict[str, Any],
    name: str,
    caller: Caller,
    *,
    draft: str = DRAFT_ID,
    backtest: str = "",
    correction: str = "",
    pending: str = "",
) -> list[dict[str, Any]]:
    """The answers to every example of an operation, each as the document shows it."""
    method, address, operation = operations(document)[name]
    body = operation["requestBody"]["content"]["application/json"] if "requestBody" in operation else {}
    path = filled(address, operation).replace(DRAFT_ID, draft).replace(BACKTEST_ID, backtest)
    path = path.replace(PENDING_ROW, pending).replace(CORRECTION_ID, correction)
    answers = []
    for example in body.get("examples", {"": {"value": None}}).values():
        answer = caller.http.request(method, path, json=example["value"])
        assert answer.is_success, f"{name}: {answer.text}"
        check_answer(document, operation, answer)
        answers.append(answer.json())
    return answers


def filled(address: str, operation: dict[str, Any]) -> str:
    """The address with the examples of its parameters."""
    for parameter in operation.get("parameters", []):
        address = address.replace("{" + parameter["name"] + "}", str(parameter.get("example", "")))
    return address


def test_the_document_is_well_formed(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name
    pointers = set(re.findall(r'"#/components/schemas/(\w+)"', str(document).replace("'", '"')))
    assert pointers <= document["components"]["schemas"].keys()
    described = {each.__name__ for each in _descendants(Body) if each.__module__.startswith("stammis.")}
    assert described <= document["components"]["schemas"].keys()
    for _method, _address, operation in operations(document).values():
        assert operation["summary"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}


def _descendants(kind: type) -> set[type]:
    found: set[type] = set()
    child: type
    for child in kind.__subclasses__():
        found |= {child} | _descendants(child)
    return found


def test_whatever_is_sent_is_answered_as_shown(document: dict[str, Any], caller: Caller) -> None:
    """Some hundred calls made up from the document, right ones and wrong ones: every answer is one that it shows."""
    schema = schemathesis.openapi.from_dict(document)
    address = str(caller.http.base_url).rstrip("/")
    headers = {"Authorization": caller.http.headers["Authorization"]}
    made = 0
    for path in document["paths"]:
        for method in document["paths"][path]:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

                @settings(
                    max_examples=ROUNDS, deadline=None, derandomize=True, database=None, suppress_health_check=ANY
                )
                @given(case=schema[path][method].as_strategy(generation_mode=mode))
                def answered(case: Case[Any]) -> None:
                    case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, timeout=SECONDS)

                with suppress(Unsatisfiable):  # some calls cannot be made wrong: they take nothing
                    answered()
                made += 1
    assert made == 2 * len(operations(document))
