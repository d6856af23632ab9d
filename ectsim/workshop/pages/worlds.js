// A world as the server sends it, and what can be asked of it at a month. Drawing lives elsewhere.

/** One world played to its horizon. */
export class World {
  constructor(sent) {
    Object.assign(this, sent);
    const bytes = atob(sent.standing);
    this.standing = new Uint8Array(bytes.length);
    for (let place = 0; place < bytes.length; place++) this.standing[place] = bytes.charCodeAt(place);
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
}

/** Last stage that a project had reached at a month. */
export function stageAt(project, month) {
  let stage = 0;
  project.stages.forEach((reached, place) => {
    if (reached !== null && reached < month) stage = place;
  });
  return stage;
}

export function sameProject(one, other) {
  return one !== null && other !== null && one[0] === other[0] && one[1] === other[1];
}
