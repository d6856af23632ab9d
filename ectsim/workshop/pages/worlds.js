// A world as the server sends it, and what can be asked of it at a month. Drawing lives elsewhere.

/** One world played to its horizon. */
export class World {
  constructor(sent) {
    Object.assign(this, sent);
    const bytes = atob(sent.standing);
    this.standing = Uint8Array.from(bytes, (sign) => sign.charCodeAt(0));
  }

  /** What each actor stands in at a month, 0 to 3. */
  at(month) {
    const start = Math.min(month, this.months) * this.actors;
    return this.standing.subarray(start, start + this.actors);
  }

  /** Projects that have members at a month, with those members and the stage reached. */
  projectsAt(month) {
    const now = Math.min(month, this.months), found = [];
    for (const project of this.projects) {
      const members = project.members.filter(([, first, after]) => first <= now && now < after).map(([actor]) => actor);
      if (members.length) found.push({ project, members, stage: stageAt(project, now) });
    }
    return found;
  }

  /** Projects that reached a stage since month 0, up to a month. */
  reached(stage, month) {
    return this.projects.filter((project) => within(project.stages[stage], month)).length;
  }

  /** Projects that have emerged and are alive at a month. */
  alive(month) {
    const now = Math.min(month, this.months);
    return this.live[3][now] + this.live[4][now];
  }

  /** Projects that emerged in a month. */
  emergedIn(month) {
    return this.projects.filter((project) => project.stages[3] !== null && project.stages[3] + 1 === month);
  }
}

/** Last stage that a project had reached at a month. */
export function stageAt(project, month) {
  let stage = 0;
  project.stages.forEach((reached, place) => {
    if (reached !== null && reached < month) stage = place;
  });
  return stage;
}

function within(reached, month) {
  return reached !== null && reached >= 0 && reached < month;
}

export function sameProject(one, other) {
  return one !== null && other !== null && one[0] === other[0] && one[1] === other[1];
}
