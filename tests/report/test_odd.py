"""The ODD+D description against the code: tables up to date and told once, no rule, parameter or purpose left out."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from ectsim import luck
from ectsim.errors import InputError
from ectsim.model import months, rules
from ectsim.model.state import State
from ectsim.parameters import PARAMETERS
from ectsim.report import odd
from ectsim.world.layout import World

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("odd*.md"))
PAGE = (DOCS / "odd.md").read_text(encoding="utf-8")
PROSE = re.sub(rf"<!-- table: \S+ -->.*?{odd.END}", "", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_up_to_date(page: Path):
    written = page.read_text(encoding="utf-8")
    assert odd.fill(written, page) == written, f"run: python -m ectsim.report.odd docs/{page.name}"


def test_every_table_stands_once():
    shown = [name for page in PAGES for name in odd.START.findall(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(odd.TABLES)


def test_no_two_tables_are_the_same():
    made = [table() for table in odd.TABLES.values()]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_tables_do_not_depend_on_the_language(language: str, monkeypatch):
    before = {name: table() for name, table in odd.TABLES.items()}
    monkeypatch.setenv("ECTSIM_LANG", language)
    assert {name: table() for name, table in odd.TABLES.items()} == before


def cells(table: str) -> list[list[str]]:
    """Cells of the rows of a table, without its titles; those of several tables one after the other."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\) \| ", line[2:-2]) for line in lines if not line.startswith("| ---")]


@pytest.mark.parametrize("name", odd.TABLES)
def test_a_table_has_one_width_and_no_line_breaks(name: str):
    for table in odd.TABLES[name]().split("\n\n"):
        if table.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_the_parameters_are_all_there_with_their_numbers():
    rows = {row[0]: row for row in cells(odd.parameters())}
    assert {f"`{name}`" for name in PARAMETERS} <= rows.keys()
    assert rows["`trust_loss`"][1:8] == [
        "τ₋", "loss of trust by failure", "1", "0.2", "0.05 to 0.5", "uniform", "literature",
    ]  # fmt: skip


def test_the_shares_of_the_sources_are_those_of_the_parameters():
    rows = {row[0]: row[1:] for row in cells(odd.sources())}
    literature = [p for p in PARAMETERS.values() if p.source == "literature"]
    assert rows["literature"][:2] == [str(len(literature)), f"{len(literature) / len(PARAMETERS):.0%}"]
    assert rows["all"][0] == str(len(PARAMETERS))
    assert {"interview", "census", "assumption", "definition"} <= rows.keys()


def test_the_schedule_is_every_rule_of_the_month_in_order():
    tree = ast.parse(inspect.getsource(months.advance_one_month.py_func))
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    called.sort(key=lambda node: node.lineno)
    shown = [row[1].strip("`").partition(".")[2] for row in cells(odd.schedule())[1:]]
    assert shown == [node.func.id for node in called if not node.func.id.startswith("_")]
    assert all(row[2] for row in cells(odd.schedule()))


def test_every_purpose_of_luck_is_there():
    purposes = {name: value for name, value in vars(luck).items() if re.fullmatch("[A-Z][A-Z_]+", name)}
    assert {row[0].strip("`"): row[1] for row in cells(odd.purposes())[1:]} == {
        name: str(value) for name, value in purposes.items()
    }
    assert all(f"`{name}`" in PROSE for name in purposes)


def test_every_equation_is_described():
    written = [
        name for name, rule in vars(rules).items() if inspect.isfunction(rule) and rule.__module__ == rules.__name__
    ]
    assert len(written) > 20
    assert not [name for name in written if not re.search(rf"`rules\.{name}`", PROSE)]


def test_every_function_named_exists():
    named = set(re.findall(r"`([a-z]+)\.([a-z_]+)`", PROSE)) - {("sizes", "ties")}
    assert ("stages", "what_blocks") in named
    homes = {"population": "world", "network": "world"}
    missing = [
        f"{module}.{name}"
        for module, name in named
        if not hasattr(importlib.import_module(f"ectsim.{homes.get(module, 'model')}.{module}"), name)
    ]
    assert not missing


def test_every_parameter_has_its_place_in_an_equation():
    fields = {p.field: p.symbol for p in PARAMETERS.values()}
    lost = [
        field
        for field, symbol in fields.items()
        if not re.search(rf"(?<!\w){field}(?!\w)", PROSE) and not (symbol and symbol in PROSE)
    ]
    assert not lost


def test_every_record_of_the_state_is_described():
    described = set(odd.RECORDS) | {"Parameter"}
    records = {"actors": "Actor", "projects": "Project", "members": "Membership", "instruments": "Instrument"}
    records |= {"months": "Month", "clock": "Clock", "forced": "Forced decision", "parameters": "Parameter"}
    typed = {name for name, kind in (State.__annotations__ | World.__annotations__).items() if "Any" in str(kind)}
    assert {records[name] for name in typed} <= described


def test_links_lead_somewhere():
    anchors = {
        page.name: {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        for page in PAGES
        for titles in [re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)]
    }
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([\w.]*)(?:#([\w-]+))?\)", page.read_text(encoding="utf-8")):
            assert not target or (DOCS / target).is_file()
            assert not anchor or anchor in anchors[target or page.name], anchor


STALE = f"# A page\n\n<!-- table: luck -->\nstale words\n{odd.END}\n\nprose\n"


def test_a_page_is_rewritten_between_its_markers(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(STALE, encoding="utf-8")
    assert odd.main([str(page)]) == 0
    written = page.read_text(encoding="utf-8")
    assert odd.purposes() in written
    assert "stale words" not in written
    assert written.startswith("# A page\n")
    assert written.endswith(f"{odd.END}\n\nprose\n")
    assert list(tmp_path.iterdir()) == [page]


def test_every_wrong_marker_is_told_and_nothing_is_written(tmp_path: Path, capsys):
    right, wrong = tmp_path / "right.md", tmp_path / "wrong.md"
    right.write_text(STALE, encoding="utf-8")
    wrong.write_text(f"<!-- table: pattern -->\n{odd.END}\n<!-- table: luck -->\n", encoding="utf-8")
    assert odd.main([str(right), str(wrong)]) == InputError.exit_code
    told = capsys.readouterr().err
    assert f"{wrong}:1" in told
    assert "patterns" in told
    assert f"{wrong}:3" in told
    assert right.read_text(encoding="utf-8") == STALE
