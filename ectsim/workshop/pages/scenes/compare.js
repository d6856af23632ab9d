// Lire A | B: two maps and a chart, the same luck in both.

import { h, say } from "../dom.js";
import { Chart } from "../chart.js";
import { mapLegend, stroke } from "../legend.js";
import { TerritoryMap } from "../map.js";
import { bets, compared } from "../telling.js";
import { count, date, either, opening, t } from "../texts.js";

export function make(ctx) {
  const maps = { a: new TerritoryMap(ctx.ground, { label: t("compare.map", { letter: "A" }) }), b: new TerritoryMap(ctx.ground, { label: t("compare.map", { letter: "B" }) }) };
  const chart = new Chart(t("compare.chart"));
  const counters = { a: h("b", { class: "counter a" }, "0"), b: h("b", { class: "counter b" }, "0") };
  const emerged = { a: h("span"), b: h("span") };
  const names = { a: h("span"), b: h("span") };
  const when = h("p", { class: "when" });
  const told = h("p", { class: "telling", role: "status" });
  const column = (letter) =>
    h("section", { class: `world ${letter}`, "aria-label": t("compare.world", { letter: letter.toUpperCase() }) },
      h("h2", {}, stroke(letter), h("b", {}, letter.toUpperCase()), " ", names[letter]), h("p", { class: "emerged" }, counters[letter], " ", emerged[letter]), maps[letter].node);
  const node = h("div", { class: "scene compare" },
    h("div", { class: "thirds" }, column("a"), column("b"), h("section", { class: "world", "aria-label": t("compare.chart") }, when, chart.node)),
    mapLegend(), told);
  let year = -1;

  function tick(month) {
    if (!ctx.a) return;
    for (const letter of ["a", "b"]) {
      maps[letter].show({ cast: ctx.cast, world: ctx[letter], month });
      const now = ctx[letter].emerged[Math.floor(month)];
      say(counters[letter], String(now));
      say(emerged[letter], count("compare.emerged", now));
    }
    const over = month >= ctx.a.months;
    chart.show({ curves: { a: ctx.a.emerged, b: ctx.b.emerged }, month, months: ctx.a.months, bets: over ? ctx.state.bets : [] });
    say(when, opening(date(Math.floor(month))));
    const step = ctx.playhead.playing ? Math.floor(month / 12) : month;
    if (step !== year) {
      year = step;
      const at = ctx.playhead.playing ? 12 * Math.floor(month / 12) : month;
      say(told, `${compared(ctx.a, ctx.b, at)} ${over ? bets(ctx.state.bets, ctx.a, ctx.b) : ""}`.trim());
    }
  }

  return {
    node,
    tick,
    update() {
      for (const letter of ["a", "b"]) say(names[letter], either(ctx.state.setting[`name_${letter}`]));
      year = -1;
      tick(ctx.playhead.shown);
    },
    close: () => [maps.a, maps.b, chart].forEach((one) => one.close()),
  };
}
