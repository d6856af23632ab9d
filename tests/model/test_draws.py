"""Draws as the month loop asks for them: no two uses share one, but for blocks whose words are shared on purpose."""

import sys
from collections import Counter, defaultdict

from ectsim import luck
from ectsim.model import (
    applications,
    facilitation,
    funding,
    invitations,
    months,
    recognition,
    stages,
    staying,
    teams,
    work,
)

MODULES = (applications, facilitation, funding, invitations, recognition, stages, staying, teams, work)
# One block of four words a project and month: two invitations, intake by officers, ending.
SHARED = {luck.PROJECT_MONTH: {"_invite", "_take_on", "_reopen", "_meets_bad_luck"}}
# The luck of a pair, of a file or of a jury is asked again, and must then be the same.
ASKED_AGAIN = {luck.JOIN, luck.APPLY, luck.SCORE, luck.PROJECT_MONTH}


def test_no_two_uses_share_a_draw(small, monkeypatch):
    uses, times = defaultdict(set), Counter()
    plain = luck.uniforms

    def spy(seed, *where):
        where = tuple(int(part) for part in where)
        uses[where].add(sys._getframe(1).f_code.co_name)
        times[where] += 1
        return plain(seed, *where)

    for module in MODULES:
        if hasattr(module, "uniforms"):
            monkeypatch.setattr(module, "uniforms", spy)
    scenario = small.scenario(small.ALL_INSTRUMENTS, actors=20, burn_in=2, months=20, parameters=small.LIVELY)
    _, state = small.start(scenario, 2)
    step = getattr(months.advance_one_month, "py_func", months.advance_one_month)
    for _ in range(22):
        step(state)
    seen = {where[0] for where in uses}
    assert seen >= {
        luck.RECOGNITION,
        luck.NEEDS,
        luck.APPLY,
        luck.SCORE,
        luck.OUTSIDE,
        luck.PROJECT_MONTH,
        luck.OFFICER,
    }
    assert seen >= {luck.JOIN, luck.STATE, luck.EVENT}
    for where, callers in uses.items():
        assert len(callers) == 1 or callers <= SHARED[where[0]], (where, callers)
    assert {where for where, n in times.items() if n > 1 and where[0] not in ASKED_AGAIN} == set()
    monkeypatch.undo()  # the compiler, at its first use, must not meet the spy
    assert small.differing(state, small.play(scenario, 2)) == []
