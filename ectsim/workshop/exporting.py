"""What is taken home: the page that replays from its file, the table for spreadsheets, the log. Names only if asked.

Pages live in pages/, the state in session.py.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from string import Template
from typing import Any

from ectsim.locale import choose_language, current_language, text, texts
from ectsim.workshop.room import Room
from ectsim.workshop.views import shared_view

PAGES = resources.files("ectsim.workshop").joinpath("pages")
ENTRY = "standalone.js"
IMPORT = re.compile(r'^(import\s[^;]*?from\s+|import\s+)"(\.[^"]+)";', re.MULTILINE)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
MESSAGES = ("cast", "worlds", "game", "draws", "costs", "band")

Export = Callable[[Room, dict[str, Any], str, bool], tuple[str, str]]


def replay_page(room: Room, ground: dict[str, Any], language: str, names: bool) -> tuple[str, str]:
    """One HTML file that replays what the room saw, opened from anywhere without a server.

    A browser loads no module from ``file://``: every module is written into the page, as a data: address that an
    import map gives its name.
    """
    view = shared_view(room.session)
    if not names:
        view = without_names(view)
    messages = room.stage.messages
    kept = [json.loads(messages[kind]) for kind in MESSAGES if kind in messages]
    data = {
        "language": language,
        "texts": page_texts(language),
        "ground": ground,
        "messages": [*kept, {"type": "state", "state": view | {"screen": "compare"}}],
    }
    frame = Template(PAGES.joinpath("standalone.html").read_text(encoding="utf-8"))
    page = frame.substitute(
        language=language,
        title=data["texts"]["workshop.sheet.title"],
        style=PAGES.joinpath("style.css").read_text(encoding="utf-8"),
        modules=json.dumps({"imports": {name: _address(source) for name, source in modules(ENTRY)}}),
        data=inlined(data),
        entry=ENTRY,
    )
    return "text/html", page


def page_texts(language: str) -> dict[str, str]:
    """Every sentence of the pages by its key, as Python calls it."""
    return {f"workshop.{key}": said for key, said in texts("workshop", language).items()}


def inlined(data: Any) -> str:
    """JSON that may stand inside a script element: no sign in it can close the element."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def modules(entry: str) -> Iterator[tuple[str, str]]:
    """Name and source of a module and of all it imports, their imports rewritten to those names."""
    waiting, met = [entry], {entry}
    while waiting:
        name = waiting.pop()
        source = PAGES.joinpath(*name.split("/")).read_text(encoding="utf-8")
        folder = name.rpartition("/")[0]

        def renamed(found: re.Match[str], folder: str = folder) -> str:
            target = _resolved(folder, found[2])
            if target not in met:
                met.add(target)
                waiting.append(target)
            return f'{found[1]}"{target}";'

        yield name, IMPORT.sub(renamed, source)


def _resolved(folder: str, address: str) -> str:
    """Name below pages/ of what a module of ``folder`` imports as ``address``."""
    steps = folder.split("/") if folder else []
    for step in address.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _address(source: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(source.encode("utf-8")).decode("ascii")


def without_names(view: dict[str, Any]) -> dict[str, Any]:
    """A view in which nobody is named."""
    game = view["game"]
    players = [player | {"name": ""} for player in game["players"]]
    return view | {"game": game | {"players": players}}


def results_table(room: Room, ground: dict[str, Any], language: str, names: bool) -> tuple[str, str]:
    """What was played and said, for a spreadsheet in its user's form: in French ";" and a decimal comma, with a BOM."""
    choose_language(language)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    writer.writerow([text(f"workshop.csv.{column}") for column in ("what", "world", "when", "value", "said")])
    for row in _rows(room, names):
        writer.writerow([cell(value) for value in row])
    return "text/csv; charset=utf-8", BOM + written.getvalue()


def cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula, its number as the language writes it."""
    if isinstance(value, float):
        written = f"{value:g}"
        return written.replace(".", ",") if current_language() == "fr" else written
    if isinstance(value, str) and value.lstrip().startswith(FORMULA):
        return f"'{value}"
    return value


def _rows(room: Room, names: bool) -> Iterator[tuple[Any, ...]]:
    session, messages = room.session, room.stage.messages
    yield text("workshop.csv.note"), "", "", "", text("workshop.not_a_forecast")
    if "cast" in messages:
        source = json.loads(messages["cast"])["parameters"]
        yield text("workshop.csv.note"), "", "", "", text(f"workshop.parameters.{source}")
    for letter, scenario in (("A", session.scenario_a), ("B", session.scenario_b)):
        yield text("workshop.csv.scenario"), letter, "", "", str(scenario.name)
    for name, lever in session.levers.items():
        if name in session.setting.levers:
            value = float(session.values.get(name, lever.value))
            yield text("workshop.csv.lever"), "B", "", value, lever.label[current_language()]
    yield from _played(room)
    yield from _said(room, names)


def _played(room: Room) -> Iterator[tuple[Any, ...]]:
    """Emerged projects of both worlds by year, and of every draw."""
    session, messages = room.session, room.stage.messages
    if "worlds" in messages:
        worlds = json.loads(messages["worlds"])
        for letter in ("a", "b"):
            for year in range(session.setting.years + 1):
                emerged = worlds[letter]["emerged"][12 * year]
                yield text("workshop.csv.emerged"), letter.upper(), year, emerged, ""
    if "band" in messages:
        for letter, finals in zip("AB", json.loads(messages["band"])["finals"], strict=True):
            for number, value in enumerate(finals):
                yield text("workshop.csv.draw"), letter, session.setting.seed + number, value, ""


def _said(room: Room, names: bool) -> Iterator[tuple[Any, ...]]:
    """What people gave: bets, votes, notes."""
    view = shared_view(room.session)
    people = room.session.participants.values()
    for one in people:
        if one.bet is not None:
            yield text("workshop.csv.bet"), "", "", one.bet, one.name if names else ""
    for bet in room.session.hand_bets:
        yield text("workshop.csv.bet"), "", "", bet, ""
    for item, (like, unlike) in view["votes"].items():
        said = text(f"workshop.statement.{item}")
        yield text("workshop.debrief.like"), "", "", like, said
        yield text("workshop.debrief.unlike"), "", "", unlike, said
    for emotion, number in view["emotions"].items():
        yield text("workshop.csv.emotion"), "", "", number, text(f"workshop.emotion.{emotion}")
    for note in view["notes"]:
        yield text("workshop.csv.note"), "", note["at"], text(f"workshop.phase.{note['phase']}.title"), note["text"]


def log_of(room: Room, ground: dict[str, Any], language: str, names: bool) -> tuple[str, str]:
    """The session's log; people are called by numbers, with their names only if asked."""
    numbers: dict[str, str] = {}
    kept = []
    for entry in room.journal.entries():
        event = dict(entry["event"])
        if entry["by"] != "facilitator":
            entry["by"] = numbers.setdefault(entry["by"], f"participant-{len(numbers) + 1}")
        if event["type"] == "join" and not names:
            event["name"] = ""
        if event["type"] == "remove":
            event["participant"] = numbers.setdefault(event["participant"], f"participant-{len(numbers) + 1}")
        kept.append(entry | {"event": event})
    return "application/json", json.dumps(kept, ensure_ascii=False, indent=1)


EXPORTS: dict[str, Export] = {"replay.html": replay_page, "results.csv": results_table, "log.json": log_of}
