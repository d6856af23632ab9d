// The map: communes, actors, ties, and the projects that gather actors, at one month of one world.

import { Drawing, em } from "./dom.js";
import { BORDER, EDGE, INK, LAND, STANDING_COLOUR, STANDING_SIZE, shape } from "./palette.js";
import { placed } from "./places.js";

const PULSE = 4, GOLDEN = Math.PI * (3 - Math.sqrt(5)), TRIES = 500;
const placesOf = new WeakMap();

/** Places of a cast's actors, computed once. */
export function places(ground, cast) {
  if (!placesOf.has(cast)) placesOf.set(cast, placed(ground, cast.actors));
  return placesOf.get(cast);
}

function alike(one, other) {
  return one.every((value, place) => value === other[place]);
}

/** Whether two labels, given by their centres, would hide each other. */
function overlaps(one, other) {
  return 2 * Math.abs(one.y - other.y) < one.high + other.high + 2 && 2 * Math.abs(one.x - other.x) < one.wide + other.wide + 2;
}

/**
 * A map of the ground.
 *
 * options: ties (draw who knows whom), actors (draw them), label (for those who do not see it).
 */
export class TerritoryMap {
  constructor(ground, options) {
    this.ground = ground;
    this.options = { ties: false, actors: true, ...options };
    this.month = 0;
    this.marked = [];
    this.drawing = new Drawing(options.label, (context, width, height) => this.draw(context, width, height));
    this.node = this.drawing.node;
  }

  /** Shows a world (or none) of a cast at a month that may lie between two. */
  show({ cast = this.cast, world = this.world, month = this.month, marked = this.marked, focus = this.focus }) {
    const same = cast === this.cast && world === this.world && marked === this.marked && focus === this.focus && Math.floor(month) === Math.floor(this.month);
    Object.assign(this, { cast, world, month, marked, focus });
    if (!same || this.young().length) this.drawing.ask();
  }

  /** Projects that have just emerged, with the months since: rings grow around them from frame to frame. */
  young() {
    if (!this.world || !this.cast) return [];
    return this.world.projects.map((project) => ({ project, age: this.month - project.stages[3] - 1 })).filter(({ project, age }) => project.stages[3] !== null && project.stages[3] >= 0 && age >= 0 && age < PULSE);
  }

  set(options) {
    Object.assign(this.options, options);
    this.drawing.ask();
  }

  close() {
    this.drawing.close();
  }

  draw(context, width, height) {
    const margin = 6;
    const scale = Math.min((width - 2 * margin) / this.ground.width, (height - 2 * margin) / this.ground.height);
    const left = (width - scale * this.ground.width) / 2, top = (height - scale * this.ground.height) / 2;
    this.frame = { scale, left, top };
    const still = [width, height, this.drawing.ratio, JSON.stringify(this.options), this.cast];
    if (!this.land || !alike(still, this.landOf)) this.land = this.painted((layer) => this.drawStill(layer));
    const month = [...still, this.world, this.marked, this.focus, Math.floor(this.month)];
    if (!this.people || !alike(month, this.peopleOf)) this.people = this.painted((layer) => this.drawMonth(layer));
    Object.assign(this, { landOf: still, peopleOf: month });
    context.drawImage(this.people, 0, 0, width, height);
    this.drawPulses(context);
  }

  /** A bitmap as large as the map, painted once. */
  painted(paint) {
    const { width, height, ratio } = this.drawing;
    const bitmap = new OffscreenCanvas(Math.max(1, width * ratio), Math.max(1, height * ratio)), context = bitmap.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context);
    return bitmap;
  }

  /** What a whole month looks like, on the land; between two months only rings move. */
  drawMonth(context) {
    context.drawImage(this.land, 0, 0, this.drawing.width, this.drawing.height);
    if (this.cast && this.options.actors) this.drawCast(context);
    if (this.options.names) this.drawNames(context);
  }

  /** Where an actor stands on the map, and how large it is. */
  scaled() {
    const { scale, left, top } = this.frame, spots = places(this.ground, this.cast);
    return { at: (actor) => [left + scale * spots[actor][0], top + scale * spots[actor][1]], radius: Math.max(3, 96 * scale) };
  }

  drawPulses(context) {
    for (const { project, age } of this.young()) {
      const { at, radius } = this.scaled();
      context.strokeStyle = INK;
      context.globalAlpha = 1 - age / PULSE;
      context.lineWidth = 3;
      context.beginPath();
      context.arc(...at(project.initiator), radius * (2 + 1.6 * age), 0, 2 * Math.PI);
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  drawCast(context) {
    const { at, radius } = this.scaled();
    if (this.world) this.drawProjects(context, at, radius);
    this.drawActors(context, at, radius);
    this.drawMarked(context, at, radius);
  }

  /** Communes and ties change with the window only: drawn once into a bitmap. */
  drawStill(context) {
    const { scale, left, top } = this.frame;
    const lands = this.ground.epci_names.map(() => new Path2D());
    this.ground.outlines.forEach((rings, commune) => {
      const land = lands[this.ground.epci[commune]];
      for (const ring of rings) {
        for (let place = 0; place < ring.length; place += 2) {
          const x = left + scale * ring[place], y = top + scale * ring[place + 1];
          if (place) land.lineTo(x, y);
          else land.moveTo(x, y);
        }
        land.closePath();
      }
    });
    context.fillStyle = LAND;
    context.lineJoin = "round";
    for (const land of lands) {
      // its fill hides the wide line wherever two of its communes meet: what is left is the edge of the whole
      context.strokeStyle = EDGE;
      context.lineWidth = 3;
      context.stroke(land);
      context.fill(land);
      context.strokeStyle = BORDER;
      context.lineWidth = 0.8;
      context.stroke(land);
    }
    if (this.options.ties && this.cast) this.drawTies(context);
  }

  drawTies(context) {
    const { scale, left, top } = this.frame, spots = places(this.ground, this.cast);
    const ties = new Path2D();
    for (const [first, second] of this.cast.ties) {
      ties.moveTo(left + scale * spots[first][0], top + scale * spots[first][1]);
      ties.lineTo(left + scale * spots[second][0], top + scale * spots[second][1]);
    }
    context.strokeStyle = "rgba(60, 60, 60, 0.28)";
    context.lineWidth = 0.8;
    context.stroke(ties);
  }

  /** The towns by which people find their way, in a box that no actor hides. */
  drawNames(context) {
    const { scale, left, top } = this.frame, { points, names, towns } = this.ground;
    this.drawLabels(context, towns.map((town) => ({ text: names[town], spot: [left + scale * points[town][0], top + scale * points[town][1]], weight: 600 })), 2.5);
  }

  drawProjects(context, at, radius) {
    const month = Math.floor(this.month);
    for (const { project, members, stage } of this.world.projectsAt(month)) {
      if (stage < 2 && !this.focus) continue;
      if (this.focus && !this.focus(project)) continue;
      const [x, y] = at(project.initiator);
      context.strokeStyle = STANDING_COLOUR[Math.max(1, Math.min(stage, 3))];
      context.lineWidth = stage >= 3 ? Math.max(2.2, radius * 0.34) : Math.max(1.4, radius * 0.2);
      context.beginPath();
      for (const member of members) {
        context.moveTo(x, y);
        context.lineTo(...at(member));
      }
      context.stroke();
      if (stage >= 3) {
        context.fillStyle = STANDING_COLOUR[3];
        context.strokeStyle = INK;
        context.lineWidth = 1.5;
        context.beginPath();
        context.arc(x, y, radius * 2, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    }
  }

  drawActors(context, at, radius) {
    const standing = this.world?.at(Math.floor(this.month));
    const paths = new Map();
    this.cast.actors.forEach((actor, place) => {
      const state = standing ? standing[place] : 0;
      if (!paths.has(state)) paths.set(state, new Path2D());
      shape(paths.get(state), actor.sector, ...at(place), radius * (standing ? STANDING_SIZE[state] : 0.9));
    });
    context.lineWidth = 1;
    context.strokeStyle = INK;
    for (const state of [...paths.keys()].sort()) {
      context.fillStyle = STANDING_COLOUR[state];
      context.fill(paths.get(state));
      context.globalAlpha = state ? 1 : 0.55;
      context.stroke(paths.get(state));
      context.globalAlpha = 1;
    }
  }

  /** Actors that the room plays, each with its number as near as it can be read. */
  drawMarked(context, at, radius) {
    this.drawLabels(context, this.marked.map(({ actor, number }) => ({ text: number, spot: at(actor), weight: 700 })), radius * 1.7);
  }

  /** Texts in boxes, each near its spot with a line to it, none over another; a ring of that radius around the spot. */
  drawLabels(context, texts, ring) {
    const size = em(), labels = [];
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.strokeStyle = INK;
    for (const { text, spot, weight } of texts) {
      context.font = `${weight} ${size}px system-ui, sans-serif`;
      labels.push({ ...this.freePlace(spot, context.measureText(text).width + 0.5 * size, 1.25 * size, labels), text, spot });
    }
    for (const { spot, x, y } of labels) {
      context.lineWidth = 1.2;
      context.beginPath();
      context.moveTo(...spot);
      context.lineTo(x, y);
      context.stroke();
      context.lineWidth = 2.4;
      context.beginPath();
      context.arc(...spot, ring, 0, 2 * Math.PI);
      context.stroke();
    }
    context.lineWidth = 1.4;
    for (const { text, x, y, wide, high } of labels) {
      context.beginPath();
      context.roundRect(x - wide / 2, y - high / 2, wide, high, 0.3 * size);
      context.fillStyle = "#ffffff";
      context.fill();
      context.stroke();
      context.fillStyle = INK;
      context.fillText(text, x, y + 0.05 * size);
    }
    context.textBaseline = "alphabetic";
  }

  /** The place nearest to a spot where a label hides no other and stays on the map: tried along a spiral. */
  freePlace([x, y], wide, high, labels) {
    let place = { x, y, wide, high };
    for (let turn = 0; turn < TRIES; turn++) {
      const away = 0.9 * high + 0.22 * high * Math.sqrt(turn), angle = turn * GOLDEN;
      place = { x: x + away * Math.cos(angle), y: y + away * Math.sin(angle), wide, high };
      const inside = Math.abs(2 * place.x - this.drawing.width) < this.drawing.width - wide && Math.abs(2 * place.y - this.drawing.height) < this.drawing.height - high;
      if (inside && !labels.some((other) => overlaps(place, other))) break;
    }
    return place;
  }
}
