// Ce qui serait né sans l'appel: the projects that emerged somewhere, and the two lives of one of them.

import { fill, h, say, svg } from "../dom.js";
import { COLOUR, INK, QUIET, STANDING_COLOUR } from "../palette.js";
import { fate, life } from "../telling.js";
import { count, t, theme } from "../texts.js";
import { sameProject } from "../worlds.js";

const ORDER = ["additional", "displaced", "accelerated", "delayed", "unchanged"];
const WIDTH = 1000, TOP = 40, TRACK = 34, BETWEEN = 84;

export function make(ctx) {
  const list = h("div", { class: "fate-list" });
  const lives = h("div", { class: "lives" });
  const told = h("p", { class: "telling", role: "status" });
  const node = h("div", { class: "scene fates" }, h("div", { class: "split fate-split" }, list, lives), told);

  function chosen() {
    return ctx.fates?.find((one) => ctx.state.project && sameProject(one.id, ctx.state.project)) ?? null;
  }

  function label(one) {
    const project = one.b ?? one.a;
    return t("fates.project", { theme: theme(project.theme), commune: ctx.ground.names[project.commune] });
  }

  function drawList() {
    fill(list, ...ORDER.map((name) => {
      const those = (ctx.fates ?? []).filter((one) => one.fate === name);
      if (!those.length) return null;
      return h("section", {}, h("h2", {}, h("b", { class: "counter" }, String(those.length)), " ", t(`fate.${name}.title`)),
        h("ul", {}, ...those.map((one) => {
          const current = ctx.state.project && sameProject(one.id, ctx.state.project);
          const content = [label(one), one.windfall ? h("small", {}, t("fates.windfall")) : null];
          const press = () => ctx.send("choose", { project: current ? null : one.id });
          return h("li", {}, ctx.role === "screen" ? h("span", { class: "project", "data-current": current || null }, ...content)
            : h("button", { class: "project", type: "button", "aria-pressed": current ? "true" : "false", "data-key": one.id.join(":"), onclick: press }, ...content));
        })));
    }));
  }

  function track(project, letter, months, y) {
    const x = (month) => 60 + ((WIDTH - 80) * Math.max(0, Math.min(month, months))) / months;
    const name = svg("text", { x: 10, y: y + 26, "font-size": "30", "font-weight": "700", fill: COLOUR[letter] });
    name.textContent = letter.toUpperCase();
    const parts = [name, svg("rect", { x: x(0), y, width: x(months) - x(0), height: TRACK, fill: "none", stroke: "#D9D9D9" })];
    if (!project) return parts;
    const end = project.ended ?? months;
    project.stages.slice(0, 4).forEach((from, stage) => {
      const next = project.stages.slice(stage + 1, 4).find((month) => month !== null) ?? end;
      if (from === null || Math.min(next, months) <= 0 || from >= months) return;
      parts.push(svg("rect", { x: x(from), y, width: Math.max(0, x(Math.min(next, end)) - x(from)), height: TRACK, fill: STANDING_COLOUR[stage], stroke: INK }));
    });
    if (project.awarded !== null && project.awarded >= 0 && project.awarded < months) {
      const mark = svg("text", { x: x(project.awarded), y: y - 6, "font-size": "24", "text-anchor": "middle", fill: INK });
      mark.textContent = "€";
      parts.push(mark);
    }
    if (project.ended !== null && project.ended < months) {
      const mark = svg("text", { x: x(project.ended) + 4, y: y + 26, "font-size": "26", fill: INK });
      mark.textContent = "✕";
      parts.push(mark);
    }
    return parts;
  }

  function drawLives() {
    const one = chosen();
    if (!one) {
      fill(lives, h("p", { class: "lead" }, t("fates.choose")), h("p", {}, t("fates.same_luck")));
      return;
    }
    const months = ctx.a.months;
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} 240`, role: "img", "aria-label": `${label(one)}. ${fate(one, ctx.after)}` },
      ...track(one.a, "a", months, TOP), ...track(one.b, "b", months, TOP + BETWEEN));
    for (let year = 0; year <= months / 12; year += 2) {
      const mark = svg("text", { x: 60 + ((WIDTH - 80) * 12 * year) / months, y: 210, "font-size": "24", "text-anchor": "middle", fill: QUIET });
      mark.textContent = String(year);
      drawing.append(mark);
    }
    const key = h("ul", { class: "legend" }, ...["idea", "collective", "structured", "emerged"].map((stage, place) => {
      const swatch = svg("svg", { viewBox: "0 0 24 24", class: "mark", "aria-hidden": "true" }, svg("rect", { x: 2, y: 4, width: 20, height: 16, fill: STANDING_COLOUR[place], stroke: INK }));
      return h("li", {}, swatch, t(`stage.${stage}`));
    }), h("li", {}, t("fates.key")));
    fill(lives, h("h2", {}, label(one)), drawing, key, h("p", {}, h("b", { class: "ink-a" }, "A"), " · ", life(one.a, months)), h("p", {}, h("b", { class: "ink-b" }, "B"), " · ", life(one.b, months)));
  }

  return {
    node,
    update() {
      if (!ctx.fates) return;
      const focused = document.activeElement?.dataset?.key;
      drawList();
      drawLives();
      if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
      list.querySelector("[data-current]")?.scrollIntoView({ block: "nearest" });
      const one = chosen(), number = (name) => ctx.fates.filter((each) => each.fate === name).length;
      const net = number("additional") - number("displaced");
      say(told, one ? fate(one, ctx.after) : t("fates.telling", { additional: count("noun.project", number("additional")), displaced: count("noun.project", number("displaced")), net: net > 0 ? `+${net}` : String(net).replace("-", "−") }));
    },
  };
}
