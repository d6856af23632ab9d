"""The five notebooks: executed from top to bottom, kept without outputs, told in both languages."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LONGEST = 600  # seconds; a minute on two quiet cores, far more on a machine with other work


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_there_are_five():
    assert [path.name[:2] for path in NOTEBOOKS] == ["1_", "2_", "3_", "4_", "5_"]


def test_it_is_kept_without_outputs(notebook: nbformat.NotebookNode):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert not [cell for cell in code if cell.outputs or cell.execution_count is not None]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_it_speaks_both_languages_and_briefly(notebook: nbformat.NotebookNode):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert re.match(r"# .+\n### .+\n", texts[0])
    for text in texts:
        assert re.search(r"^\*[^*\n]+\*$", text, re.MULTILINE), f"no English: {text}"
        assert len(text.split()) < 120


@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client")
def test_it_works(notebook: nbformat.NotebookNode, tmp_path: Path):
    client = NotebookClient(
        notebook, timeout=LONGEST, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    shown = {kind for cell in notebook.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())}
    assert "image/png" in shown or "text/html" in shown


def test_fictive_data_say_so():
    interviews = next(path for path in NOTEBOOKS if path.name.startswith("3_")).read_text(encoding="utf-8")
    assert "DONNÉES FICTIVES" in interviews
