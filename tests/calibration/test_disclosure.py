"""How rare interviewees are, and consent."""

from collections.abc import Callable

import pytest

from ectsim.calibration.disclosure import alike, warnings_of, with_consent, without
from ectsim.calibration.tidy import Interviews, from_rows

INTERVIEW = {
    "synthetic": "false",
    "sector": "public",
    "actor_type": "municipality",
    "size_class": "0-9",
    "zone": "rural",
    "consent_analysis": "true",
    "consent_sharing": "true",
}


@pytest.fixture
def interviews() -> Callable[..., Interviews]:
    """Interviews E01, E02… with a few columns of their own each: ``interviews({"zone": "couronne"}, {})``."""

    def make(*rows: dict[str, str]) -> Interviews:
        from ectsim.calibration.codebook import categories

        kind = next(name for name, one in categories("actor_type").items() if one.model_name)
        named = [
            {**INTERVIEW, "actor_type": kind, "interview_id": f"E{n:02}", "actor_id": f"A{n:02}", **row}
            for n, row in enumerate(rows, 1)
        ]
        codings = [
            {"interview_id": row["interview_id"], "coder_id": "K1", "code": "OPP", "status": "code", "value": "2"}
            for row in named
        ]
        ties = [
            {"source": "A01", "target": "A02", "coder_id": "K1"},
            {"source": "A02", "target": "P1", "coder_id": "K1"},
        ]
        project = {"project_id": "J1", "interview_ids": "E01|E02", "n_public": "2", "n_prive": "1"}
        return from_rows(
            {
                "interviews": named,
                "codings": [{**row, "synthetic": "false"} for row in codings],
                "ties": [{**row, "synthetic": "false"} for row in ties],
                "projects": [{**project, "synthetic": "false", "n_societe_civile": "0", "n_soutien": "0"}],
            }
        )

    return make


def test_rare_profiles_are_counted(interviews: Callable[..., Interviews]):
    found = interviews({}, {}, {"zone": "couronne"})
    assert alike(found.interviews) == [2, 2, 1]
    assert alike(found.interviews, ["sector"]) == [3, 3, 3]


def test_what_should_be_known_before_showing_is_told(interviews: Callable[..., Interviews]):
    found = interviews(*[{}] * 6, {"zone": "couronne", "consent_sharing": "false"}, {"sector": "prive"})
    told = {(one.message.rpartition(".")[2], one.field): one.values for one in warnings_of(found)}
    assert told["rare", None]["count"] == 2
    assert told["rare", None]["alone"] == 2
    assert told["small_cells", "zone"]["count"] == 1
    assert told["not_to_share", None]["count"] == 1
    assert told["small_sector", "sector"] == {"count": 1, "sector": "prive"}
    assert ("small_cells", "size_class") not in told


def test_enough_alike_gives_no_warning(interviews: Callable[..., Interviews]):
    assert list(warnings_of(interviews(*[{}] * 5))) == []


def test_rows_without_consent_are_dropped_and_counted(interviews: Callable[..., Interviews]):
    kept, dropped = with_consent(interviews({}, {"consent_analysis": "false"}, {}))
    assert dropped == 1
    assert list(kept.interviews["interview_id"]) == ["E01", "E03"]
    assert list(kept.codings["interview_id"]) == ["E01", "E03"]
    # told by the one who left, or leading to them
    assert len(kept.ties) == 0
    assert list(kept.projects["interview_ids"]) == ["E01"]


def test_somebody_interviewed_twice_remains(interviews: Callable[..., Interviews]):
    found = without(interviews({}, {}, {"actor_id": "A02"}), ["E02"])
    assert list(found.ties["source"]) == ["A01", "A02"]


def test_tables_keep_their_types(interviews: Callable[..., Interviews]):
    found = interviews({}, {})
    left = without(found, ["E01"])
    for name in ("interviews", "codings", "ties", "projects"):
        assert dict(left.table(name).dtypes) == dict(found.table(name).dtypes)
