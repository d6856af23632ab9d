"""A small pair of scenarios, and a session of them."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ectsim.locale import choose_language
from ectsim.scenario import Scenario, load_scenario
from ectsim.workshop.messages import read_values
from ectsim.workshop.room import Room
from ectsim.workshop.session import Library, Session

sys.path.insert(0, str(Path(__file__).parents[2]))  # benchmarks are not installed

SMALL = """
name: {fr: "Petit", en: "Small"}
extends: spontaneous
horizon: {burn_in: 12, months: 36, after: 12}
population: {actors: 60}
parameters: {idea_rate: 40}
"""
WITH_CALL = """
name: {fr: "Petit appel", en: "Small call"}
extends: small.yaml
add_instruments:
  - {kind: call, first_month: 2, period: 12, window: 4, minimum_partners: 2, minimum_sectors: 1, winners: 4,
     grant_rate: 0.5, months_paid: 12, autonomy: 0.5}
"""
OTHER = """
name: {fr: "Autre", en: "Other"}
extends: small.yaml
population: {actors: 61}
"""

TIGHT = """
name: {fr: "Trop serré", en: "Too tight"}
extends: call.yaml
sizes: {projects: 3}
"""


@pytest.fixture(scope="session")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    folder: Path = tmp_path_factory.mktemp("scenarios")
    written = {"small": SMALL, "call": WITH_CALL, "other": OTHER, "tight": TIGHT}
    for name, content in written.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return {name: load_scenario(folder / f"{name}.yaml") for name in written}


@pytest.fixture
def library(scenarios) -> Library:
    return Library(scenarios)


@pytest.fixture
def session(library) -> Session:
    return Session(library, "small", "call")


@pytest.fixture
def do(session):
    """Apply a message to the session, as its sender would send it, some seconds after the former one."""
    now = datetime.fromisoformat("2026-01-01T00:00:00+01:00")

    def done(by: str, after: float = 10.0, **values) -> None:
        nonlocal now
        now += timedelta(seconds=after)
        session.apply(by, read_values(values), now.isoformat(timespec="milliseconds"))

    return done


@pytest.fixture(autouse=True)
def _english():
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def open_room(library):
    """Open a room in a folder; its log is closed when the test is over."""
    opened: list[Room] = []

    def opening(folder: Path) -> Room:
        opened.append(Room(folder, library, "small", "call"))
        return opened[-1]

    yield opening
    for room in opened:
        room.journal.close()
