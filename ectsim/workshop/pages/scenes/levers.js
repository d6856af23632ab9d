// Leviers: what the room proposes, the new run over the ghost of the former, what it costs.

import { Chart } from "../chart.js";
import { fill, h, say } from "../dom.js";
import { stroke } from "../legend.js";
import { leverValue } from "../lever.js";
import { TerritoryMap } from "../map.js";
import { changed, spent } from "../telling.js";
import { count, date, either, moneyChange, opening, t } from "../texts.js";

export function make(ctx) {
  const chart = new Chart(t("levers.chart"));
  const map = new TerritoryMap(ctx.ground, { label: t("compare.map", { letter: "B" }) });
  const title = h("h2", {});
  const list = h("div", { class: "lever-list" });
  const told = h("p", { class: "telling", role: "status" });
  const cost = h("p", { class: "cost" });
  const when = h("p", { class: "when" });
  const counters = Object.fromEntries(["a", "ghost", "b"].map((name) => [name, h("b", { class: `counter ${name}` })]));
  const ghost = h("p", { class: "emerged" }, stroke("ghost"), counters.ghost, " ", t("levers.before"));
  const name = h("span");
  const node = h("div", { class: "scene levers" },
    h("div", { class: "thirds" },
      h("section", { class: "world", "aria-label": t("levers.list") }, title, list, cost),
      h("section", { class: "world", "aria-label": t("levers.chart") },
        h("div", { class: "counters" }, h("p", { class: "emerged" }, stroke("a"), counters.a, " A"), ghost, h("p", { class: "emerged" }, stroke("b"), counters.b, " B")), chart.node),
      h("section", { class: "world b", "aria-label": t("compare.world", { letter: "B" }) }, h("h2", {}, stroke("b"), h("b", {}, "B"), " ", name), when, map.node)),
    told);

  function tick(month) {
    if (!ctx.a) return;
    const now = Math.floor(month);
    map.show({ cast: ctx.cast, world: ctx.b, month });
    chart.show({ curves: { a: ctx.a.emerged, b: ctx.b.emerged }, ghost: ctx.ghost, month, months: ctx.a.months });
    say(counters.a, String(ctx.a.emerged[now]));
    say(counters.b, String(ctx.b.emerged[now]));
    if (ctx.ghost) say(counters.ghost, String(ctx.ghost[now]));
    ghost.hidden = !ctx.ghost;
    say(when, opening(date(now)));
  }

  function drawLevers() {
    const { setting, values, proposals } = ctx.state;
    const instruments = [...new Set(setting.levers.map((lever) => t(`instrument.${lever.instrument}`)))];
    let instrument = "";
    say(title, [t("levers.list"), ...(instruments.length === 1 ? instruments : [])].join(" · "));
    fill(list, ...setting.levers.flatMap((lever) => {
      const now = values[lever.name] ?? lever.value;
      const share = (value) => (value - lever.low) / (lever.high - lever.low || 1);
      const added = ctx.costs?.[lever.name];
      const track = h("div", { class: "track", role: "img", "aria-label": count("levers.proposals", proposals[lever.name].length) });
      const knob = h("i", { class: "knob" });
      knob.style.left = `${100 * share(now)}%`;
      track.append(knob);
      const heaped = new Map();
      for (const value of proposals[lever.name]) {
        const place = Math.round(40 * share(value));
        const dot = h("i", { class: "dot" });
        dot.style.left = `${(100 * place) / 40}%`;
        dot.style.top = `${0.75 + 0.42 * (heaped.get(place) ?? 0)}rem`;
        heaped.set(place, Math.min(2, (heaped.get(place) ?? 0) + 1));
        track.append(dot);
      }
      const head = instruments.length === 1 || lever.instrument === instrument ? null : h("h3", {}, t(`instrument.${lever.instrument}`));
      instrument = lever.instrument;
      return [head, h("div", { class: "lever" },
        h("p", {}, opening(either(lever.label)), added !== undefined && now !== lever.value ? h("b", {}, " ", t("levers.cost", { money: moneyChange(added) })) : null),
        h("b", { class: "lever-value" }, leverValue(lever, now)), track)];
    }));
    if (!setting.levers.length) fill(list, h("p", {}, t("levers.none")));
  }

  return {
    node,
    tick,
    update() {
      drawLevers();
      say(name, either(ctx.state.setting.name_b));
      if (ctx.a) say(told, changed(ctx.ghost, ctx.b, ctx.draws));
      const several = ctx.band ?? ctx.draws;
      say(cost, several ? spent(several) : t("waiting"));
      tick(ctx.playhead.shown);
    },
    close: () => [map, chart].forEach((one) => one.close()),
  };
}
