// Ce qui serait né sans l'appel: the projects that emerged somewhere, and the two lives of one of them.

import { fill, h, say } from "../dom.js";
import { STANDING_COLOUR } from "../palette.js";
import { fate, life } from "../telling.js";
import { count, opening, signed, t, theme } from "../texts.js";
import { sameProject } from "../worlds.js";

const ORDER = ["additional", "displaced", "accelerated", "delayed", "unchanged"];
// a stage further on is drawn taller too: colour alone would say nothing to some
const STAGE_HEIGHT = ["30%", "50%", "75%", "100%"];

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
    return opening(t("fates.project", { theme: theme(project.theme), commune: ctx.ground.names[project.commune] }));
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

  /** A wall does not scroll: the last projects of the longest lists give way to their number. */
  function fit() {
    while (list.scrollHeight > list.clientHeight) {
      const most = [...list.querySelectorAll("ul")].reduce((one, other) => (other.children.length > one.children.length ? other : one));
      const last = [...most.children].findLast((item) => !item.dataset.more && !item.querySelector("[data-current]"));
      if (!last || most.children.length < 3) return;
      last.remove();
      const more = most.querySelector("[data-more]") ?? most.appendChild(h("li", { "data-more": "0" }));
      more.dataset.more = String(Number(more.dataset.more) + 1);
      say(more, count("fates.more", Number(more.dataset.more)));
    }
  }

  /** The life of a project in one world: stages as they lasted, the aid, the end. */
  function lane(project, letter, months) {
    const at = (month) => `${(100 * Math.max(0, Math.min(month, months))) / months}%`;
    const line = h("div", { class: "lane" });
    const sign = (text, month, name) => {
      const mark = h("span", { class: name }, text);
      mark.style.left = at(month);
      line.append(mark);
    };
    if (project) {
      const end = Math.min(project.ended ?? months, months);
      project.stages.slice(0, 4).forEach((from, stage) => {
        const next = Math.min(project.stages.slice(stage + 1, 4).find((month) => month !== null) ?? end, end);
        if (from === null || next <= 0 || from >= next) return;
        const part = h("i", {});
        Object.assign(part.style, { left: at(from), right: `calc(100% - ${at(next)})`, height: STAGE_HEIGHT[stage], background: STANDING_COLOUR[stage] });
        line.append(part);
      });
      if (project.awarded !== null && project.awarded >= 0 && project.awarded < months) sign("€", project.awarded, "aid");
      if (project.ended !== null && project.ended < months) sign("✕", Math.max(0, project.ended), "end");
    }
    return [h("b", { class: `ink-${letter}` }, letter.toUpperCase()), line];
  }

  function drawLives() {
    const one = chosen();
    if (!one) {
      fill(lives, h("p", { class: "lead" }, t("fates.choose")), h("p", { class: "lead" }, t("fates.same_luck")));
      return;
    }
    const months = ctx.a.months, years = h("div", { class: "years" });
    for (let year = 0; year <= months / 12; year += months > 60 ? 2 : 1) {
      const mark = h("span", {}, String(year));
      mark.style.left = `${(1200 * year) / months}%`;
      years.append(mark);
    }
    const drawing = h("div", { class: "lanes", role: "img", "aria-label": `${label(one)}. ${fate(one, ctx.after)}` }, ...lane(one.a, "a", months), ...lane(one.b, "b", months), h("span", {}, t("chart.years")), years);
    const key = h("ul", { class: "legend" }, ...["idea", "collective", "structured", "emerged"].map((stage, place) => {
      const swatch = h("i", {});
      Object.assign(swatch.style, { height: STAGE_HEIGHT[place], background: STANDING_COLOUR[place] });
      return h("li", {}, h("span", { class: "lane swatch" }, swatch), t(`stage.${stage}`));
    }), h("li", {}, t("fates.key")));
    fill(lives, h("h2", {}, label(one)), drawing, key, h("p", { class: "life" }, h("b", { class: "ink-a" }, "A"), " · ", life(one.a, months)), h("p", { class: "life" }, h("b", { class: "ink-b" }, "B"), " · ", life(one.b, months)));
  }

  return {
    node,
    update() {
      if (!ctx.fates) return;
      const focused = document.activeElement?.dataset?.key;
      drawList();
      drawLives();
      if (ctx.role === "screen") fit();
      if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
      list.querySelector("[data-current]")?.scrollIntoView({ block: "nearest" });
      const one = chosen(), number = (name) => ctx.fates.filter((each) => each.fate === name).length;
      const net = number("additional") - number("displaced");
      say(told, one ? fate(one, ctx.after) : t("fates.telling", { additional: count("noun.project", number("additional")), displaced: count("noun.project", number("displaced")), net: signed(net) }));
    },
  };
}
