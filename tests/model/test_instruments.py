"""What the file says of an instrument stays; what it leaves open the parameters of the seed decide."""

from ectsim.model.instruments import draw_instruments

PARAMETERS = {"facilitation_phi": 0.9, "overload_exponent": 1.5, "event_rate": 0.05, "officer_days": 15.0}
OPEN = (
    {"kind": "facilitation", "permanent": True, "officers": 2, "projects_per_officer": 5},
    {"kind": "events", "first_month": 1, "period": 3, "participants": 20},
)
GIVEN = (
    {**OPEN[0], "strength": 0.3, "overload_exponent": 0.7, "projects_per_officer": 0.5},
    {**OPEN[1], "recognition_rate": 0.2},
)


def test_parameters_decide_what_the_file_leaves_open(small):
    _, state = small.start(small.scenario([*OPEN, *GIVEN], parameters=PARAMETERS))
    assert state.instruments["strength"][[0, 2]].tolist() == [0.9, 0.3]
    assert state.instruments["overload_exponent"][[0, 2]].tolist() == [1.5, 0.7]
    assert state.instruments["event_rate"][[1, 3]].tolist() == [0.05, 0.2]
    # most days for one project: those of an officer over the projects she has, at least one
    assert state.instruments["days"].tolist() == [3.0, 0.0, 15.0, 0.0]


def test_those_begun_are_left_alone(small):
    setup, state = small.start(small.scenario([*OPEN, {**OPEN[1], "first_month": 2}], burn_in=6, parameters=PARAMETERS))
    state.instruments["spent"] = 7.0
    draw_instruments(setup.instruments, state.parameters, 8, state.instruments)
    assert state.instruments["first"].tolist() == [0, 7, 8]
    assert state.instruments["spent"].tolist() == [7.0, 7.0, 0.0]
