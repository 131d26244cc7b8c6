import datetime as dt
import math
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.db.models import Sum

from stammis.accrual.outcomes import Item
from stammis.accrual.services import verify
from stammis.activity.models import Event
from stammis.core.document import parse
from stammis.core.events import Happening, Return
from stammis.imports.models import Run
from stammis.imports.sample import panel as panels
from stammis.imports.sample import year
from stammis.imports.sample.loading import Loader, WantedToStop
from stammis.imports.sample.panel import Basket, Panel, local
from stammis.imports.sample.people import person
from stammis.imports.services import runs
from stammis.kit import clock
from stammis.ledger.models import Entry
from stammis.members.models import Member
from stammis.programmes import queries as programmes
from stammis.programmes import services as publishing
from stammis.programmes import yaml

CLOCK = dt.datetime(2018, 1, 1, 5, tzinfo=dt.UTC)
DOCUMENT = yaml.load((files("stammis.programmes") / "templates" / "sample.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panels.find()


@pytest.fixture(scope="module")
def weeks(panel: Panel, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """The purchases of some households in the panel's first weeks."""
    folder = tmp_path_factory.mktemp("panel")
    with pq.ParquetFile(panel.folder / "transactions.parquet") as file:
        rows = next(file.iter_batches(90_000))
    table = pa.Table.from_batches([rows.filter(pc.less(rows["household_id"], 600))])
    pq.write_table(table, folder / "transactions.parquet")
    for name in ("products", "demographics"):
        (folder / f"{name}.parquet").symlink_to(panel.folder / f"{name}.parquet")
    return Panel(folder)


@pytest.fixture
def journey() -> Iterator[Run]:
    programmes.forget()
    clock.begin(CLOCK)
    programme = publishing.publish(DOCUMENT, by="test", now=CLOCK).programme
    yield runs.begin(programme, Run.Kind.SAMPLE, "panel", "test", 2)
    programmes.forget()


def told_nothing(_purchases: int) -> None:
    return


def test_the_panel_has_the_published_totals(panel: Panel) -> None:
    baskets = list(panel.baskets())
    assert len(panel.households()) == 2_469
    assert panel.purchases() == 155_848
    assert len(baskets) == len({basket.id for basket in baskets}) == 155_848
    assert sum(len(basket.products) for basket in baskets) == 1_469_307
    assert sum(sum(basket.amounts) for basket in baskets) == 459_603_958
    assert len({basket.store for basket in baskets}) == 457
    assert max(len(basket.products) for basket in baskets) == 161
    assert sum(sum(basket.amounts) == 0 for basket in baskets) == 478
    assert (local(baskets[0].at).isoformat(), local(baskets[-1].at).isoformat()) == (
        "2017-01-01T06:53:26-05:00",
        "2017-12-31T23:01:20-05:00",
    )


def test_the_parts_are_the_whole_and_each_is_in_order(panel: Panel) -> None:
    parts = [list(panel.baskets(part=part, parts=2)) for part in (0, 1)]
    assert sum(len(part) for part in parts) == 155_848
    assert not {basket.household for basket in parts[0]} & {basket.household for basket in parts[1]}
    for part in parts:
        assert [basket.at for basket in part] == sorted(basket.at for basket in part)


def test_the_panel_is_read_without_pandas() -> None:
    """It would take longer to load than all the households."""
    program = (
        "import sys; from stammis.imports.sample import panel; found = panel.find(); found.households();"
        "next(found.baskets(part=1, parts=2)); found.products; sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_fuel_is_measured_in_gallons_and_everything_else_in_pieces() -> None:
    assert panels.millionths(10_004, "FUEL") == 10_004_000
    assert panels.millionths(1, "FUEL") == 1_000_000
    assert panels.millionths(120, "PRODUCE") == 120_000_000
    assert panels.millionths(0, None) == 0


def test_people_are_made_up_the_same_each_time_and_nobody_twice(panel: Panel) -> None:
    everybody = [person(household, place) for place, household in enumerate(panel.households())]
    assert everybody == [person(household, place) for place, household in enumerate(panel.households())]
    assert len({each.email for each in everybody}) == len({each.phone for each in everybody}) == 2_469
    assert all(each.email.isascii() and each.email.endswith("@example.com") for each in everybody)
    assert {each.locale for each in everybody} == {"en", "fi", "sv", "pl"}


def test_what_is_made_up_lies_in_the_year_after_its_purchase_and_never_returns_everything(weeks: Panel) -> None:
    bought: dict[str, Basket] = {}
    made_up = 0
    at = -math.inf
    for moment in year.moments(weeks):
        assert at <= moment.at < year.ENDS_AT
        at = moment.at
        if moment.basket is not None:
            bought[str(moment.basket.id)] = moment.basket
            continue
        made_up += 1
        assert isinstance(moment.event, Return | Happening)
        _kind, basket = moment.event.id.split("-")
        assert bought[basket].at < moment.at
        if isinstance(moment.event, Return):
            assert len(bought[basket].products) > len(moment.event.lines) == 1
    assert made_up > 10


def test_the_programme_of_the_sample_company_is_a_good_one() -> None:
    assert parse(DOCUMENT).programme == "journey"


@pytest.mark.django_db
def test_a_load_that_was_interrupted_goes_on_where_it_was(weeks: Panel, journey: Run) -> None:
    class Killed(Exception):
        """Somebody pulled the plug."""

    def pull_the_plug(purchases: int) -> None:
        if purchases > 500:
            raise Killed

    with pytest.raises(Killed):
        Loader(journey, 0, 2, weeks).load(pull_the_plug)
    behind = Run.objects.get(id=journey.id)
    assert behind.positions == [2, 0]
    Loader(journey, 0, 2, weeks).load(told_nothing)
    Loader(journey, 1, 2, weeks).load(told_nothing)

    run = Run.objects.get(id=journey.id)
    purchases = Event.objects.filter(kind="purchase")
    assert purchases.count() == sum(1 for _basket in weeks.baskets())
    assert purchases.aggregate(Sum("gross_minor"))["gross_minor__sum"] == sum(
        sum(basket.amounts) for basket in weeks.baskets()
    )
    assert (run.repeated, run.refused) == (0, 0)
    assert Member.objects.count() == len(weeks.households())
    assert Entry.objects.filter(kind="spend").exists()
    assert verify(journey.programme) == []


@pytest.mark.django_db
def test_a_load_that_somebody_stops_ends_after_its_piece_and_goes_on_when_it_is_begun_again(
    weeks: Panel, journey: Run
) -> None:
    with pytest.raises(WantedToStop):
        Loader(journey, 0, 2, weeks).load(lambda _purchases: runs.ask_to_stop(journey))
    assert Run.objects.get(id=journey.id).positions == [3, 0]
    runs.stop(journey)
    again = runs.resume(journey.programme, Run.Kind.SAMPLE, "panel", "test", 2, size=9)
    assert (again.id, again.state, again.finished_at, again.stopping) == (journey.id, "running", None, False)
    Loader(again, 1, 2, weeks).load(told_nothing)


@pytest.mark.django_db
def test_a_piece_that_is_sent_twice_changes_nothing(weeks: Panel, journey: Run) -> None:
    Loader(journey, 0, 2, weeks).load(told_nothing)
    rows = list(Entry.objects.order_by("member_id", "row").values_list("member_id", "amount", "running"))
    events = Event.objects.count()
    assert len(rows) > 900
    Run.objects.filter(id=journey.id).update(positions=[1, 0])
    Loader(journey, 0, 2, weeks).load(told_nothing)
    assert Event.objects.count() == events
    assert list(Entry.objects.order_by("member_id", "row").values_list("member_id", "amount", "running")) == rows


@pytest.mark.django_db
def test_a_piece_is_in_as_a_whole_or_not_at_all(weeks: Panel, journey: Run) -> None:
    class Unlucky(Loader):
        """The plug is pulled when the purchases are in and their redemptions are not."""

        def _redemptions(self, *_: object) -> Iterator[Item]:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        Unlucky(journey, 0, 2, weeks).load(told_nothing)
    assert Run.objects.get(id=journey.id).positions == [1, 0]
    assert not Event.objects.filter(kind="purchase").exists()
    Loader(journey, 0, 2, weeks).load(told_nothing)
    assert Run.objects.get(id=journey.id).repeated == 0


@pytest.mark.django_db
def test_a_position_that_is_told_twice_counts_once(journey: Run) -> None:
    for _ in range(2):
        assert not runs.advance(journey, 1, 3, accepted=7, repeated=2)
    run = Run.objects.get(id=journey.id)
    assert (run.positions, run.accepted, run.repeated) == ([0, 3], 7, 2)


@pytest.mark.django_db
def test_members_of_the_sample_are_marked(weeks: Panel, journey: Run) -> None:
    Loader(journey, 0, 2, weeks).load(told_nothing)
    member = Member.objects.first()
    assert member is not None
    assert member.labels == ["sample", "made-up"]
    assert member.joined_at is not None
    assert member.joined_at.year == 2017
