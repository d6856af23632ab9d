"""What is noted of a run month by month for those who watch it: who is in which project, who declined.

What is made of it lives in the workshop.
"""

from ectsim.compiled import compiled
from ectsim.model.state import ASKED, COLLECTIVE, EMERGED, LIVE, State


@compiled
def note_month(state: State, month, standing, spells, noted, count, declined):
    """Note how the month just played leaves things; returns how many spells there are, and how many have declined.

    A spell goes on where the actor was in the project a month before.

    Parameters
    ----------
    month : int
        Number of the month: spells count in it.
    standing : uint8 array (N,)
        Raised to the furthest stage of an actor's live projects: COLLECTIVE (an idea counts as one), STRUCTURED or
        EMERGED (so does an anchored one).
    spells : int64 array (≥ count + new ones, 4)
        Project, actor, first month, month after the last.
    noted : int64 array (P, 2·M + 1)
        Of each project: how many spells were noted last, which, and room to note the next.
    count : int
        Spells so far.
    declined : int64 array (≥ those asked, 4)
        Filled with month, project, actor and 0 of each invitation declined in that month.
    """
    refusals = 0
    played = state.clock[0].month - 1
    width = state.members.shape[1]
    for order in range(state.clock[0].alive):
        row = state.alive[order]
        project = state.projects[row]
        for place in range(ASKED):
            if project.asked[place] >= 0 and project.asked_month[place] == played:
                declined[refusals, 0] = month - 1
                declined[refusals, 1] = row
                declined[refusals, 2] = project.asked[place]
                declined[refusals, 3] = 0
                refusals += 1
        if project.status != LIVE:
            continue
        stands = min(max(project.stage, COLLECTIVE), EMERGED)
        for place in range(project.team):
            i = state.members[row, place].actor
            standing[i] = max(standing[i], stands)
            spell = count
            for former in range(noted[row, 0]):
                known = noted[row, 1 + former]
                if spells[known, 1] == i and spells[known, 3] == month:
                    spell = known
            if spell == count:
                spells[count, 0] = row
                spells[count, 1] = i
                spells[count, 2] = month
                count += 1
            spells[spell, 3] = month + 1
            noted[row, 1 + width + place] = spell
        noted[row, 0] = project.team
        for place in range(project.team):
            noted[row, 1 + place] = noted[row, 1 + width + place]
    return count, refusals
