// Legends as SVG, so that they print.

import { h, svg } from "./dom.js";
import { COLOUR, GHOST, INK, STANDING, STANDING_COLOUR, STANDING_SIZE, shapeData } from "./palette.js";
import { t } from "./texts.js";

/** A small drawing of a sector's shape in a colour. */
export function mark(sector, colour = "#ffffff", scale = 1) {
  const path = svg("path", { d: shapeData(sector, 9 * scale), fill: colour, stroke: INK, "stroke-width": "1.5" });
  return svg("svg", { viewBox: "0 0 24 24", class: "mark", "aria-hidden": "true" }, path);
}

/** A piece of the line of a scenario, or of the former run. */
export function stroke(name) {
  const line = svg("line", {
    x1: "1", y1: "12", x2: "35", y2: "12", stroke: name === "ghost" ? GHOST : COLOUR[name], "stroke-width": "4",
    "stroke-dasharray": { a: "none", b: "8 5", ghost: "3 5" }[name],
  });
  return svg("svg", { viewBox: "0 0 36 24", class: "stroke", "aria-hidden": "true" }, line);
}

/** What colours and shapes of the map mean. */
export function mapLegend() {
  const standings = STANDING.map((name, place) =>
    h("li", {}, mark("private", STANDING_COLOUR[place], 0.62 * STANDING_SIZE[place]), t(`standing.${name}`)));
  const sectors = ["public", "private", "civil"].map((name) => h("li", {}, mark(name), t(`sector.${name}`)));
  return h("ul", { class: "legend" }, ...standings, ...sectors);
}
