"""The rules of the compared scenarios once more, as one would write them in Mesa alone.

Written from the specification, to tell how much slower it is and, by the distribution of outcomes, whether the compiled
rules do what they should: objects, AgentSets, a stream of chance of its own. It starts from the actors and ties that
``ectsim.world`` draws for a seed, so that only the months differ. It knows facilitation and calls of one phase; what
the default comparison has not is refused.
"""

import math
from collections import deque
from types import SimpleNamespace
from typing import Any

import mesa

from ectsim.model.simulation import Setup, allocate_state, begin
from ectsim.territory.nomenclature import KINDS
from ectsim.world.layout import ACTOR_FIELDS

IDEA, COLLECTIVE, STRUCTURED, EMERGED, ANCHORED = range(5)
TIME, MONEY, PREMISES, SKILLS = range(4)
THINKS_OF, REMEMBERS_REFUSALS, REMEMBERS_MEMBERS = 10, 12, 8
NO_CHANCE = 1e-12


class Tie:
    """Two actors who know each other, with the trust between them and how easily one calls upon the other."""

    def __init__(self, trust: float, reach: float) -> None:
        self.trust = trust
        self.reach = reach


class Actor(mesa.Agent):
    """A socio-economic actor with its ties and the live projects it is a member of."""

    def __init__(self, model: "PureModel", attributes: dict[str, Any]) -> None:
        super().__init__(model)
        for name, value in attributes.items():
            setattr(self, name, value)
        self.ties: dict[Actor, Tie] = {}
        self.projects: list[Project] = []
        self.idea: tuple[str, int] | None = None

    @property
    def has_room(self) -> bool:
        """Whether it can commit itself once more."""
        return len(self.projects) < self.capacity

    def trust_in(self, others: list["Actor"], stranger: float) -> float:
        """Mean trust in some actors; strangers count with the trust given."""
        if not others:
            return stranger
        ties = self.ties
        return sum(ties[other].trust if other in ties else stranger for other in others) / len(others)

    def distance_to(self, commune: int) -> float:
        """Distance on the scale of relations."""
        return self.model.kilometres(self.commune, commune) / self.model.p.distance_scale

    def motivation(self, incentive: float, autonomy: float) -> float:
        """Own motivation under an incentive."""
        if not self.crowding_prone or incentive <= 0:
            return self.propensity
        p, control = self.model.p, 1 - autonomy
        change = p.crowding_in * autonomy - (p.crowding_control + p.crowding_amount * incentive) * control
        return self.propensity * max(0.0, 1 + change)

    def recognise(self) -> None:
        """Have an idea of one's own, or because of an open call."""
        self.idea = None
        model = self.model
        calls = [call for call in model.calls if call.is_open and self.kind in call.kinds]
        if not self.has_room or not (self.initiator or calls):
            return
        own = self._own_hazard() if self.initiator else 0.0
        prompted = sum(call.prompts(self) for call in calls)
        draw = self.random.random()
        if draw >= 1 - math.exp(-own - prompted):
            return
        cause = "spontaneous" if draw < 1 - math.exp(-own) else "call"
        themes = range(model.themes) if cause == "spontaneous" else sorted({k for call in calls for k in call.themes})
        theme = self.random.choices(list(themes), [self.interest[k] for k in themes])[0]
        self.idea = cause, theme

    def _own_hazard(self) -> float:
        p, model = self.model.p, self.model
        total = sum(tie.trust for tie in self.ties.values())
        engaged = sum(tie.trust for other, tie in self.ties.items() if other.projects)
        imitation = 1 + p.imitation * (engaged / total if total > 0 else 0.0)
        facilitation = 1 + p.facilitation_ideas * min(1.0, model.officers_at_work / 8)
        return model.idea_scale * self.propensity * self.idea_propensity * imitation * facilitation

    def start_project(self) -> None:
        """Turn the idea of this month into a project."""
        if self.idea is not None:
            Project(self.model, self, *self.idea)

    def foresee_propensity(self) -> None:
        """Work out the propensity of next month; all move at once in :meth:`move_propensity`."""
        p = self.model.p
        incentive, autonomy = max((project.incentive for project in self.projects), default=(0.0, 0.0))
        change = p.propensity_return * (self.propensity_0 - self.propensity)
        weight = sum(tie.trust for tie in self.ties.values())
        if weight > 0:
            mean = sum(tie.trust * other.propensity for other, tie in self.ties.items()) / weight
            change += p.propensity_contagion * (mean - self.propensity)
        if incentive > 0:
            change += p.motivation_memory * (self.motivation(incentive, autonomy) - self.propensity)
        self.next_propensity = min(1.0, max(0.0, self.propensity + change))

    def move_propensity(self) -> None:
        """Adopt the propensity foreseen."""
        self.propensity = self.next_propensity

    def meet(self, other: "Actor", trust: float) -> None:
        """Know another actor; where places are taken, a stronger tie replaces the weakest."""
        if other is self or other in self.ties or not (self._gives_place(trust) and other._gives_place(trust)):
            return
        for actor in (self, other):
            if len(actor.ties) == self.model.most_ties:
                weakest = min(actor.ties, key=lambda known, ties=actor.ties: ties[known].trust)
                del actor.ties[weakest], weakest.ties[actor]
        self.ties[other] = other.ties[self] = Tie(trust, self.model.reach(self, other))

    def _gives_place(self, trust: float) -> bool:
        full = len(self.ties) == self.model.most_ties
        return not full or min(tie.trust for tie in self.ties.values()) < trust


class Membership:
    """What ties an actor to a project: its luck with it, its effort and contributions."""

    def __init__(self, actor: Actor, threshold: float, distance: float) -> None:
        self.actor = actor
        self.threshold = threshold
        self.distance = distance
        self.stated = False
        self.effort = self.work = 0.0
        self.contribution = [0.0] * 4


class Project(mesa.Agent):
    """A cooperative project from its idea to its end."""

    def __init__(self, model: "PureModel", initiator: Actor, origin: str, theme: int) -> None:
        super().__init__(model)
        p = model.p
        self.origin, self.theme, self.carrier, self.commune = origin, theme, initiator, initiator.commune
        self.birth = self.progress_month = model.month
        self.stage, self.stage_month = IDEA, {IDEA: model.month}
        self.dormant, self.alive = False, True
        scale = math.exp(self.random.gauss(0, p.need_spread))
        self.need = [base * scale for base in p.need]
        self.members: dict[Actor, Membership] = {}
        self.thresholds: dict[Actor, float] = {}
        self.refusals: deque[tuple[Actor, int]] = deque(maxlen=REMEMBERS_REFUSALS)
        self.former: list[Actor] = []
        self.vocabulary, self.trust, self.effort = initiator.vocabulary_0, 0.0, 0.0
        self.best_team, self.best_coverage, self.below_months = 0, 0.0, 0
        self.call, self.funding, self.edition = None, "none", -1
        self.considered: dict[Call, int] = {}
        self.reward = self.autonomy = self.cost_due = self.request = self.grant = self.flow = self.cash = 0.0
        self.paid, self.pay_from, self.last_money = 0.0, -1, -1
        self.helped, self.help, self.officer_days = None, 0.0, 0.0
        self.value, self.scarce = 0.0, TIME
        self._forget_month(initiator)
        model.live_projects.add(self)
        model.count_stage(IDEA)
        self._first_member(initiator)

    def _forget_month(self, carrier: Actor) -> None:
        self.coverage = [0.0] * 4
        self.coverage_mean = self.coverage_least = 0.0
        self.market_share = carrier.market_orientation
        self.offered = [False] * 5
        self.marks = [0.0] * 5

    # what members and candidates see

    @property
    def team(self) -> list[Actor]:
        """Its members."""
        return list(self.members)

    @property
    def incentive(self) -> tuple[float, float]:
        """Incentive on members, and its autonomy."""
        return (min(1.0, self.reward), self.autonomy) if self.reward > 0 else (0.0, 0.0)

    @property
    def required(self) -> int:
        """Members it needs."""
        asked = self.call.minimum_partners if self.funding in ("applied", "awarded", "paying") else 0
        return max(int(self.model.p.minimum_members), self.carrier.perceived_quorum, asked)

    @property
    def required_sectors(self) -> int:
        """Sectors it needs."""
        asked = self.call.minimum_sectors if self.funding in ("applied", "awarded", "paying") else 0
        return max(int(self.model.p.minimum_sectors), asked)

    @property
    def sectors(self) -> int:
        """Distinct sectors among its members."""
        return len({actor.sector for actor in self.members})

    @property
    def is_complete(self) -> bool:
        """Whether members and sectors are as many as it needs."""
        return len(self.members) >= self.required and self.sectors >= self.required_sectors

    @property
    def mean_values(self) -> list[float]:
        """Mean values of its members."""
        return [sum(actor.values[v] for actor in self.members) / len(self.members) for v in range(3)]

    def willingness(self, actor: Actor, trust: float, distance: float, values: list[float]) -> float:
        """Utility of joining or staying."""
        p = self.model.p
        m = min(1.0, len(self.members) / self.required) * self.coverage_mean**p.production_exponent
        wanted = [offered for wants, offered in zip(actor.counterpart_wanted, self.offered, strict=True) if wants]
        missing = wanted.count(False) / len(wanted) if wanted else 0.0
        nearness = math.exp(-distance)
        market_gap = abs(self.market_share - actor.market_orientation)
        return (
            p.beta_0
            + p.beta_interest * actor.interest[self.theme]
            + p.beta_propensity * actor.motivation(*self.incentive)
            + p.beta_trust * trust
            + p.beta_momentum * m
            + p.beta_vocabulary * self.vocabulary
            + p.beta_reward * actor.reward_sensitivity * min(1.0, self.reward)
            + p.beta_attachment * actor.attachment * nearness
            + p.beta_pivotal * 4 * m * (1 - m)
            - p.beta_distance * distance
            - p.beta_risk * (1 - actor.risk_tolerance) * (1 - m)
            - p.beta_load * len(actor.projects) / actor.capacity
            - p.beta_values * actor.value_need * value_distance(actor.values, values)
            - p.beta_return * actor.return_threshold * missing
            - p.beta_hybridity * (1 - actor.hybridity_tolerance) * market_gap
        )

    def threshold_of(self, actor: Actor) -> float:
        """Threshold of an actor, drawn once for the pair's life."""
        if actor not in self.thresholds:
            self.thresholds[actor] = self.model.p.joining_noise * self.model.logistic()
        return self.thresholds[actor]

    # members

    def enter(self, actor: Actor, threshold: float) -> None:
        """Welcome a member; a newcomer dilutes the vocabulary."""
        if self.members:
            self.vocabulary *= len(self.members) / (len(self.members) + 1)
        self.members[actor] = Membership(actor, threshold, actor.distance_to(self.commune))
        actor.projects.append(self)

    def _first_member(self, carrier: Actor) -> None:
        """A carrier has said yes: its threshold is no higher than what it sees now."""
        self.enter(carrier, 0.0)
        sees = self.willingness(carrier, self.model.p.stranger_trust, 0.0, self.mean_values)
        self.members[carrier].threshold = min(self.threshold_of(carrier), sees)

    def leave(self, actor: Actor) -> None:
        """Let a member go."""
        del self.members[actor]
        actor.projects.remove(self)

    def release(self) -> None:
        """Let all members go."""
        for actor in self.team:
            self.leave(actor)

    # step 3: applications

    def consider_calls(self) -> None:
        """Decide once an edition whether to answer a call."""
        if self.stage >= EMERGED or self.carrier is None:
            return
        for call in self.model.calls:
            free = self.funding in ("none", "ended", "refused")
            if call.is_open and self.considered.get(call) != call.edition and free and call.concerns(self):
                self.considered[call] = call.edition
                self._consider(call)

    def _consider(self, call: "Call") -> None:
        expected = call.prospect(self.need[MONEY])
        days = sum(actor.endowment[TIME] for actor in self.members) if self.members else self.carrier.endowment[TIME]
        prompted = self.origin == "call" and self.birth == self.model.month
        declines = not prompted and call.appeal(self.carrier, expected, days) < self.model.logistic()
        if declines or (self.dormant and not self.wake()):
            return
        self.call, self.edition, self.funding = call, call.edition, "applied"
        self.cost_due = call.application_cost
        self.request = min(call.grant_cap, call.grant_rate * self.need[MONEY] * call.months_paid)
        self.reward, self.autonomy = expected, call.autonomy

    def end_application(self, funding: str) -> None:
        """Give up a file; the project goes on."""
        self.funding, self.reward, self.cost_due = funding, 0.0, 0.0

    # step 4 and 5: invitations, joining, staying

    def invite(self) -> None:
        """Invite through members' ties, former members first, and through the officer."""
        p = self.model.p
        if self.dormant or len(self.members) >= p.team_limit or (self.coverage_least >= 1 and self.is_complete):
            return
        left = int(p.invitations) + (int(p.deadline_invitations) if self.funding == "applied" else 0)
        while left and self.former:
            actor = self.former.pop()
            if actor.has_room and actor not in self.members:
                self.ask(actor, p.stranger_trust)
                left -= 1
        self._invite_through_ties(left)
        if self.helped is not None:
            self._invite_through_officer()

    def _invite_through_ties(self, invitations: int) -> None:
        if not invitations:
            return
        known, weights = [], []
        for member in self.members:
            for other, tie in member.ties.items():
                if other.has_room and other not in self.members:
                    known.append(other)
                    weights.append(tie.trust * tie.reach)
        if sum(weights) <= 0:
            return
        for actor in self.random.choices(known, weights, k=invitations):
            if actor.has_room and actor not in self.members and not self._refused_lately(actor):
                self.ask(actor, self.model.p.stranger_trust)

    def _invite_through_officer(self) -> None:
        thought_of = self.random.choices(self.model.actors, k=THINKS_OF)
        candidates = [a for a in thought_of if a.endowment[self.scarce] > 0 and a.has_room and a not in self.members]
        if not candidates:
            return
        best = max(candidates, key=lambda actor: actor.endowment[self.scarce])
        if not self._refused_lately(best):
            self.ask(best, max(self.model.p.stranger_trust, self.model.p.facilitator_trust))

    def _refused_lately(self, actor: Actor) -> bool:
        since = self.model.month - int(self.model.p.ask_again)
        return any(who is actor and month > since for who, month in self.refusals)

    def ask(self, actor: Actor, stranger: float) -> None:
        """Ask an actor to join."""
        if len(self.members) >= self.model.p.team_limit:
            return
        trust = actor.trust_in(self.team, stranger)
        utility = self.willingness(actor, trust, actor.distance_to(self.commune), self.mean_values)
        if utility >= self.threshold_of(actor):
            self.enter(actor, self.threshold_of(actor))
            actor.meet(self.carrier, stranger)
        else:
            self.refusals.append((actor, self.model.month))

    def review(self) -> None:
        """Let every member stay or leave, then find a carrier where the carrier left."""
        if self.dormant:
            return
        p, team, values = self.model.p, self.team, self.mean_values if self.members else [0.0] * 3
        trusts = [actor.trust_in([other for other in team if other is not actor], p.stranger_trust) for actor in team]
        self.trust = sum(trusts) / len(trusts) if trusts else 0.0
        leavers = []
        for actor, trust in zip(team, trusts, strict=True):
            member = self.members[actor]
            if self.willingness(actor, trust, member.distance, values) + p.beta_stay < member.threshold:
                leavers.append(actor)
        for actor in leavers:
            self.leave(actor)
        if self.carrier not in self.members:
            self._replace_carrier()

    def _replace_carrier(self) -> None:
        able = [m for m in self.members.values() if m.actor.initiator or self.stage >= EMERGED]
        self.carrier = max(able, key=lambda member: member.work).actor if able else None
        if self.carrier is not None:
            self.commune = self.carrier.commune
            for member in self.members.values():
                member.distance = member.actor.distance_to(self.commune)

    # steps 7 and 8: effort, meeting, coverage, marks

    def contribute(self) -> None:
        """Work for a month."""
        if self.dormant or not self.members:
            return
        self._put_in()
        self._work_on_file()
        if len(self.members) >= 2:
            self._hold_meeting()
        self._cover_needs()
        self._assess()

    def _put_in(self) -> None:
        members = self.members.values()
        before = sum(member.effort for member in members)
        for member in members:
            actor = member.actor
            ready = actor.motivation(*self.incentive) * actor.interest[self.theme]
            others = (before - member.effort) / (len(members) - 1) if len(members) > 1 else ready
            follow = min(1.0, others / ready) if ready > 0 else 0.0
            member.effort = ready * (1 - actor.conditionality * (1 - follow)) * actor.effort_factor
            member.work += member.effort
            share = member.effort / len(actor.projects)
            parts = (actor.coresponsibility, actor.risk_tolerance, actor.risk_tolerance, actor.coresponsibility)
            member.contribution = [e * share * part for e, part in zip(actor.endowment, parts, strict=True)]
        self.effort = sum(member.effort for member in members)
        market = sum(member.actor.market_orientation * member.effort for member in members)
        self.market_share = market / self.effort if self.effort > 0 else 0.0

    def _work_on_file(self) -> None:
        members = self.members.values()
        days = self.officer_days + sum(m.contribution[TIME] + m.contribution[SKILLS] for m in members)
        if self.cost_due <= 0 or days <= 0:
            return
        spent = min(days, self.cost_due)
        self.cost_due -= spent
        self.officer_days *= 1 - spent / days
        for member in members:
            member.contribution[TIME] *= 1 - spent / days
            member.contribution[SKILLS] *= 1 - spent / days

    def _hold_meeting(self) -> None:
        p = self.model.p
        help_strength = self.helped.strength * self.help if self.helped is not None else 0.0
        for member in self.members.values():
            if not member.stated and self.random.random() < p.statement_rate * (1 + help_strength):
                member.stated = True
        self.vocabulary += p.vocabulary_gain * (1 + help_strength) * (1 - self.vocabulary)

    def _cover_needs(self) -> None:
        amounts = [sum(member.contribution[r] for member in self.members.values()) for r in range(4)]
        needs = list(self.need)
        if self.helped is not None:
            needs[MONEY] += self.helped.fee / max(self.helped.load, 1)
        amounts[MONEY] += self.flow
        amounts[SKILLS] += self.officer_days
        self.coverage = [min(1.0, amount / need) for amount, need in zip(amounts, needs, strict=True)]
        self.coverage_mean, self.coverage_least = sum(self.coverage) / 4, min(self.coverage)
        self.scarce = self.coverage.index(self.coverage_least)
        if self.flow > 0:
            self.last_money = self.model.month

    def _assess(self) -> None:
        p, members, count = self.model.p, self.members.values(), len(self.members)
        self.marks = [0.0] * 5
        if count >= 2:
            work = [member.effort * member.actor.coresponsibility for member in members]
            own = [m.contribution[MONEY] + p.premises_value * m.contribution[PREMISES] for m in members]
            values = self.mean_values
            distance = sum(value_distance(member.actor.values, values) for member in members) / count
            random_groups = self.model.value_spread * math.sqrt(1 - 1 / count)
            self.marks = [
                min(1.0, max(0.0, (equal_parts(work) / count - 1 / count) / (1 - 1 / count))) if sum(work) > 0 else 0.0,
                min(1.0, (equal_parts(own) - 1) / (p.minimum_members - 1)) if sum(own) > 0 else 0.0,
                max(0.0, 1 - distance / random_groups) if random_groups > 0 else 0.0,
                self.vocabulary,
                sum(member.stated for member in members) / count,
            ]
        self.offered = [
            self.coverage[MONEY] >= 1,
            self.funding in ("awarded", "paying", "ended"),
            self.coverage[PREMISES] > 0,
            self.helped is not None or self.vocabulary >= 0.5,
            count >= 3,
        ]

    # steps 9 and 10: stages, sleep, ends, learning

    def advance(self) -> None:
        """Move on by a stage at most, sleep, wake or end."""
        if self.dormant:
            self._sleep_on()
        elif self.stage >= EMERGED:
            self._last()
        elif self.carrier is None:
            self.stop(failed=self.stage >= COLLECTIVE)
        else:
            self._develop()

    def _develop(self) -> None:
        p, month = self.model.p, self.model.month
        if self._meets_next_stage():
            self._reach(self.stage + 1)
            if self.stage >= STRUCTURED:
                self.celebrate()
        gained = self.coverage_mean >= self.best_coverage + p.progress_step
        if gained or self.stage_month[self.stage] == month or len(self.members) > self.best_team:
            self.progress_month = month
        if gained:
            self.best_coverage = self.coverage_mean
        self.best_team = max(self.best_team, len(self.members))
        if self.stage < EMERGED and month - self.progress_month >= self.carrier.patience:
            self._fall_asleep()

    def _meets_next_stage(self) -> bool:
        p = self.model.p
        if self.stage == IDEA:
            return len(self.members) >= p.minimum_members
        if not self.is_complete:
            return False
        if self.stage == COLLECTIVE:
            return self.coverage_mean >= p.structured_coverage and self.marks[4] >= p.structured_stated
        reached = all(mark >= needed for mark, needed in zip(self.marks, p.threshold, strict=True))
        return reached and self.coverage_least >= 1 and p.hybrid_low <= self.market_share <= p.hybrid_high

    def _reach(self, stage: int) -> None:
        self.stage = stage
        self.stage_month[stage] = self.model.month
        self.model.count_stage(stage)

    def _last(self) -> None:
        p, month = self.model.p, self.model.month
        self.below_months = self.below_months + 1 if self.coverage_least < p.operating_coverage else 0
        after_money = self.last_money >= 0 and self.flow <= 0
        yearly = p.ending_hazard * math.exp(
            p.ending_after_money * after_money - p.ending_trust * self.trust - p.ending_vocabulary * self.vocabulary
        )
        unlucky = self.random.random() < 1 - math.exp(-yearly / 12)
        if len(self.members) < 2 or self.below_months >= p.operating_months or unlucky:
            self.stop(failed=True)
            return
        emerged = self.stage_month[EMERGED]
        if self.stage == EMERGED and month - max(emerged, self.last_money) >= p.anchoring_months:
            self._reach(ANCHORED)
        if month > emerged and (month - emerged) % 12 == 0:
            self.celebrate()
        self.value += self.effort * self.coverage_least

    def _fall_asleep(self) -> None:
        p = self.model.p
        self.dormant, self.helped, self.sleep_since = True, None, self.model.month
        self.former = [actor for actor in self.members if actor is not self.carrier][:REMEMBERS_MEMBERS]
        self.release()
        months = math.log(1 - self.random.random()) / math.log(1 - p.wake_rate) if p.wake_rate > 0 else math.inf
        self.wake_month = self.model.month + 1 + math.floor(months) if months < math.inf else math.inf

    def wake(self) -> bool:
        """Start again with the carrier, if it has room."""
        if not self.carrier.has_room:
            return False
        self.dormant, self.progress_month = False, self.model.month
        self.best_team, self.best_coverage = 1, 0.0
        self._forget_month(self.carrier)
        self._first_member(self.carrier)
        return True

    def _sleep_on(self) -> None:
        if self.model.month - self.sleep_since >= self.model.p.dormant_limit:
            self.stop(failed=self.stage >= COLLECTIVE)
        elif self.model.month >= self.wake_month and not self.wake():
            self.wake_month = self.model.month + 1

    def celebrate(self) -> None:
        """Learn from a success: trust among those present, and propensity."""
        p, team = self.model.p, self.team
        for place, actor in enumerate(team):
            actor.propensity += p.success_motivation * (1 - actor.propensity)
            for other in team[place + 1 :]:
                actor.meet(other, p.stranger_trust)
                if other in actor.ties:
                    tie = actor.ties[other]
                    tie.trust += p.trust_gain * (1 - tie.trust)

    def stop(self, *, failed: bool) -> None:
        """Abandon or end; learn from the failure."""
        team = [self.carrier, *self.former] if self.dormant else self.team
        for place, actor in enumerate(team if failed else []):
            actor.propensity *= 1 - self.model.p.failure_motivation
            for other in team[place + 1 :]:
                if other in actor.ties:
                    actor.ties[other].trust *= 1 - self.model.p.trust_loss
        self.release()
        self.alive = False
        self.model.live_projects.discard(self)
        self.remove()


class Call:
    """A call for projects: when it is open, what it asks and pays, whom it selects."""

    def __init__(self, model: "PureModel", record: Any) -> None:
        for name in record.dtype.names:
            setattr(self, name, record[name].item())
        self.model = model
        self.kinds = {kind for kind in range(len(KINDS)) if record.kinds >> kind & 1}
        self.themes = {theme for theme in range(model.themes) if record.themes >> theme & 1}
        self.is_open = False
        if record.phases != 1 or record.requires_label or record.condition or record.rivalness:
            raise NotImplementedError("the pure Mesa version knows calls of one phase, without condition or rivalness")

    def _edition_opened(self, ago: int) -> int | None:
        elapsed = self.model.month - self.first - ago
        if elapsed < 0 or self.first + elapsed >= self.until:
            return None
        if self.period == 0:
            return 0 if elapsed == 0 else None
        return elapsed // self.period if elapsed % self.period == 0 else None

    def open_and_close(self) -> None:
        """Open new editions; select when one closes."""
        editions = [self._edition_opened(ago) for ago in range(self.window)]
        known = [edition for edition in editions if edition is not None]
        self.is_open = bool(known)
        self.edition = known[0] if known else self.edition
        closing = self._edition_opened(self.window)
        if closing is not None:
            self._select([p for p in self.model.live_projects if p.call is self and p.edition == closing])

    def concerns(self, project: Project) -> bool:
        """Whether a project may answer."""
        return project.theme in self.themes and project.carrier.kind in self.kinds

    def prospect(self, need: float) -> float:
        """Reward to be expected before award."""
        return self.success * min(self.grant_rate, self.grant_cap / (need * self.months_paid))

    def appeal(self, actor: Actor, expected: float, days: float) -> float:
        """How much an actor values answering."""
        p = self.model.p
        burden = actor.application_cost_factor * self.application_cost / max(days, NO_CHANCE)
        reward = p.application_reward * actor.reward_sensitivity * expected
        return p.application_intercept + reward - p.application_cost * burden

    def prompts(self, actor: Actor) -> float:
        """Monthly hazard of an idea because of this call."""
        p = self.model.p
        value = self.appeal(actor, self.prospect(p.need[MONEY]), actor.endowment[TIME])
        return p.call_rate * actor.reward_sensitivity / (1 + math.exp(-value)) if value > -700 else 0.0

    def _select(self, projects: list[Project]) -> None:
        files = []
        for project in projects:
            if project.funding != "applied":
                continue
            enough = len(project.members) >= self.minimum_partners and project.sectors >= self.minimum_sectors
            if project.dormant or project.cost_due > 0 or not enough:
                project.end_application("none")
            else:
                files.append((self._score(project), project))
        mean = sum(project.request for _, project in files) / len(files) if files else 0.0
        files += [(self.model.random.gauss(0.5, 0.2), None) for _ in range(self.outside_files)]
        files.sort(key=lambda file: -file[0])
        places = len(files) if self.winners < 0 else min(len(files), self.winners)
        if self.quota >= 0:
            places = min(places, int(self.quota * len(files) + 1e-9))
        left, won = self.budget, 0
        for _, project in files:
            if won < places and left > 0:
                won += 1
                wish = mean if project is None else project.request
                if project is not None:
                    self._award(project, min(wish, left))
                left -= wish
            elif project is not None:
                project.end_application("refused")
        if files:
            self.success = won / len(files)

    def _score(self, project: Project) -> float:
        skills = sum(sorted(actor.endowment[SKILLS] for actor in project.members)[-2:])
        quality = (sum(project.marks) + project.coverage_mean) / 6
        noise = self.model.random.gauss(0, self.selection_noise) if self.selection_noise > 0 else 0.0
        return 0.5 * quality + 0.5 * min(1.0, skills / project.need[SKILLS]) + noise

    def _award(self, project: Project, grant: float) -> None:
        project.funding, project.grant = "awarded", grant
        project.pay_from = self.model.month + self.payment_delay
        project.paid = project.cash = self.upfront_share * grant
        project.reward = min(1.0, grant / (project.need[MONEY] * self.months_paid))

    def pay(self, project: Project) -> None:
        """Pay a month of a grant."""
        last = project.pay_from + self.months_paid
        if project.pay_from <= self.model.month < last:
            project.funding = "paying"
            if not project.dormant:
                part = (1 - self.upfront_share) * project.grant / self.months_paid
                part = min(part, project.grant - project.paid)
                project.paid += part
                project.cash += part
        if not project.dormant:
            project.flow = min(project.cash, project.grant / self.months_paid)
            project.cash -= project.flow
        if self.model.month >= last and project.cash <= 0:
            project.funding, project.reward = "ended", 0.0


class Officers:
    """A pool of project officers who share their time among all who ask."""

    def __init__(self, model: "PureModel", record: Any) -> None:
        for name in record.dtype.names:
            setattr(self, name, record[name].item())
        self.model = model
        if record.overload or record.priority:
            raise NotImplementedError("the pure Mesa version knows officers who share, first come first served")

    @property
    def projects(self) -> list[Project]:
        """Projects they help."""
        return [project for project in self.model.live_projects if project.helped is self]

    def work(self) -> None:
        """Leave, take on and share a month."""
        p, month = self.model.p, self.model.month
        acting = self.first <= month < self.until
        self.model.officers_at_work += self.officers if acting else 0.0
        for project in self.projects:
            emerged = project.stage_month.get(EMERGED)
            if not acting or (emerged is not None and month - emerged >= p.facilitation_exit):
                project.helped = None
        load = len(self.projects)
        for project in self.model.live_projects:
            waiting = not project.dormant and project.helped is None and project.stage < EMERGED
            if acting and waiting and self.model.random.random() < p.intake_rate:
                project.helped = self
                load += 1
        for project in self.model.live_projects:
            if not acting or load + 1 > self.caseload:
                break
            if project.dormant and self.model.random.random() < p.dormant_intake and project.wake():
                project.helped = self
                load += 1
        self.load = load
        for project in self.model.live_projects:
            project.help = project.officer_days = 0.0
            if project.helped is self:
                project.help = 1.0 if load <= self.caseload else (self.caseload / load) ** self.overload_exponent
                project.officer_days = min(self.days, self.officers * p.officer_days / load)


def value_distance(values: list[float], mean: list[float]) -> float:
    """Half the sum of absolute differences of two profiles."""
    return sum(abs(a - b) for a, b in zip(values, mean, strict=True)) / 2


def equal_parts(amounts: list[float]) -> float:
    """Number of equal parts that would be as concentrated as these amounts."""
    return sum(amounts) ** 2 / sum(amount * amount for amount in amounts)


class PureModel(mesa.Model):
    """The month of model.md in Mesa alone, for facilitation and calls.

    Parameters
    ----------
    setup
        Scenario, territory and parameters.
    seed
        Of the population drawn, and of the stream of this model.
    """

    def __init__(self, setup: Setup, seed: int) -> None:
        super().__init__(rng=seed)
        state = allocate_state(setup)
        begin(setup, state, seed)
        clock = state.clock[0]
        packed = state.parameters[0]
        self.p = SimpleNamespace(**{name: packed[name].tolist() for name in packed.dtype.names})
        self.themes, self.idea_scale = int(clock.themes), float(clock.idea_scale)
        self.value_spread, self.most_ties = float(clock.value_spread), state.neighbours.shape[1]
        self.month, self.officers_at_work = 0, 0.0
        self.burn_in = setup.scenario.horizon.burn_in
        self.road = (float(clock.road) * state.table).tolist()
        self.reached = [0] * 5
        self._read_actors(state)
        self.live_projects = mesa.agentset.AgentSet([], random=self.random)
        self.pools, self.calls = [], []
        for record in state.instruments:
            {0: self._add_call, 3: self._add_officers}[int(record.kind)](record)
        self.datacollector = mesa.DataCollector(
            {
                "engaged": lambda model: sum(bool(actor.projects) for actor in model.actors),
                "propensity": lambda model: model.actor_set.agg("propensity", lambda values: sum(values) / len(values)),
                "live": lambda model: sum(not project.dormant for project in model.live_projects),
            }
        )

    def _add_call(self, record: Any) -> None:
        self.calls.append(Call(self, record))

    def _add_officers(self, record: Any) -> None:
        self.pools.append(Officers(self, record))

    def _read_actors(self, state: Any) -> None:
        names = [name for name, *_ in ACTOR_FIELDS]
        columns = zip(*(state.actors[name].tolist() for name in names), strict=True)
        self.actors = [Actor(self, dict(zip(names, row, strict=True))) for row in columns]
        self.actor_set = self.agents_by_type[Actor]
        for i, actor in enumerate(self.actors):
            for place in range(actor.degree):
                other = self.actors[int(state.neighbours[i, place])]
                if actor not in other.ties:
                    tie = Tie(float(state.trust[i, place]), float(state.reach[i, place]))
                    actor.ties[other] = other.ties[actor] = tie

    def kilometres(self, a: int, b: int) -> float:
        """Kilometres of road between two communes."""
        return self.road[a][b]

    def reach(self, a: Actor, b: Actor) -> float:
        """How easily one calls upon the other."""
        gap = a.distance_to(b.commune) + (self.p.homophily if a.sector != b.sector else 0.0)
        return math.exp(-gap)

    def logistic(self) -> float:
        """A standard logistic draw."""
        u = self.random.uniform(NO_CHANCE, 1 - NO_CHANCE)
        return math.log(u / (1 - u))

    def count_stage(self, stage: int) -> None:
        """Count a stage reached in the horizon."""
        if self.month >= self.burn_in:
            self.reached[stage] += 1

    def step(self) -> None:
        """Run one month."""
        projects = self.live_projects
        for call in self.calls:
            call.open_and_close()
        for project in projects:
            project.flow = 0.0
            if project.funding in ("awarded", "paying"):
                project.call.pay(project)
        self.officers_at_work = 0.0
        for pool in self.pools:
            pool.work()
        self.actor_set.shuffle_do("recognise")
        self.actor_set.do("start_project")
        projects.do("consider_calls")
        projects.do("invite")
        projects.do("review")
        self.actor_set.do("foresee_propensity")
        self.actor_set.do("move_propensity")
        projects.shuffle_do("contribute")
        projects.do("advance")
        self.datacollector.collect(self)
        self.month += 1

    def outcomes(self) -> dict[str, float]:
        """Outcomes of the horizon."""
        months = self.datacollector.get_model_vars_dataframe()
        horizon = months.iloc[self.burn_in :]
        return {
            "ideas": self.reached[IDEA],
            "collectives": self.reached[COLLECTIVE],
            "structured": self.reached[STRUCTURED],
            "emerged": self.reached[EMERGED],
            "engaged": float(horizon["engaged"].mean()),
            "live": float(horizon["live"].mean()),
            "propensity": float(months["propensity"].iloc[-1]),
        }
