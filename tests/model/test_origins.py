"""Origin acts through the mechanisms of the model only, and paired luck pays: statistical tests on fixed seeds."""

import math

import numpy as np

from ectsim.experiments.ensembles import run_to_horizon, run_worlds
from ectsim.model.outcomes import measure
from ectsim.model.simulation import allocate_state, prepare
from ectsim.model.state import BY_CALL, COLLECTIVE, SPONTANEOUS, STRUCTURED
from ectsim.model.tally import TALLY_FIELDS
from ectsim.scenario import Scenario
from ectsim.territory.nomenclature import KINDS
from ectsim.world.layout import records

# everybody may start a project, actors are much alike, no reward, no file to pay for, no deadline: an origin is a word
NEUTRAL = {
    "attribute_spread": 0.2,
    "imitation": 0.0,
    "application_intercept": -4.0,
    "application_reward": 0.0,
    "deadline_invitations": 0.0,
    "call_rate": 0.4,
    **{f"initiator_share[{kind}]": 1.0 for kind in KINDS},
}
ALWAYS_OPEN = {"kind": "call", "permanent": True, "period": 6, "window": 6, "quota": 0.0, "grant_rate": 0.0}
ALWAYS_OPEN |= {"application_cost": 0.0}


def lives(seeds):
    """For each of the two origins: ideas observed three years, those that reached a collective, those structured."""
    scenario = Scenario(
        name={"fr": "neutre", "en": "neutral"},
        horizon={"burn_in": 0, "months": 96, "after": 0},
        posterior="none",
        parameters=NEUTRAL,
        instruments=[{"kind": "facilitation", "permanent": True}, ALWAYS_OPEN],
    )
    setup = prepare(scenario)
    state = allocate_state(setup)
    counts = np.zeros((2, 3), int)
    for seed in seeds:
        run_to_horizon(state, setup, seed, records(1, TALLY_FIELDS))
        born = state.projects[: int(state.clock[0].projects)]
        seen = born[born.birth < 60]
        for place, origin in enumerate((SPONTANEOUS, BY_CALL)):
            mine = seen[seen.origin == origin]
            counts[place, 0] += len(mine)
            for column, stage in enumerate((COLLECTIVE, STRUCTURED), start=1):
                month = mine.stage_month[:, stage]
                counts[place, column] += ((month >= 0) & (month - mine.birth < 36)).sum()
    return counts


def compare_shares(counts, column):
    """Common share of two rows, and the difference of their shares over its standard error, which comes last."""
    shares = counts[:, column] / counts[:, 0]
    common = counts[:, column].sum() / counts[:, 0].sum()
    error = math.sqrt(common * (1 - common) * (1 / counts[:, 0]).sum())
    return common, (shares[1] - shares[0]) / error, error


def test_where_every_mechanism_is_neutral_origins_do_not_differ():
    counts = lives(range(30))
    assert counts[:, 0].min() > 1000
    assert counts.min() > 30
    for column in (1, 2):
        share, deviation, error = compare_shares(counts, column)
        assert abs(deviation) < 3
        assert 3 * error < share / 2  # half as many, or half as many again, would have been seen


def test_paired_differences_vary_half_as_much_as_independent_ones():
    def scenario(rate):
        call = {"kind": "call", "first_month": 6, "period": 12, "winners": 4, "grant_rate": rate}
        return Scenario(
            name={"fr": "taux", "en": "rate"},
            parameters="default",
            instruments=[{"kind": "facilitation", "permanent": True}, call],
        )

    worlds = run_worlds([prepare(scenario(rate)) for rate in (0.5, 0.55)], range(100))
    names = ("ideas", "structured", "engaged")
    a, b = (measure(worlds.tallies[place], names) for place in range(2))
    for name in names:
        paired = (b[name] - a[name]).var(ddof=1)
        assert paired > 0
        assert (a[name].var(ddof=1) + b[name].var(ddof=1)) / paired > 2, name
