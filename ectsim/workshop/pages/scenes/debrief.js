// Débriefing: five phases, the room's emotions, the curve with its changes, notes, votes, and what a model is not.

import { Chart } from "../chart.js";
import { fill, h, say } from "../dom.js";
import { leverValue } from "../lever.js";
import { either, t } from "../texts.js";

const PHASES = ["emotions", "events", "explanations", "reality", "next"];

export function make(ctx) {
  const chart = new Chart(t("compare.chart"));
  const phases = h("ol", { class: "phases" }, ...PHASES.map((name) => h("li", {}, t(`phase.${name}.title`))));
  const question = h("p", { class: "lead" });
  const body = h("div", { class: "debrief-body" });
  const notes = h("ul", { class: "notes" });
  const node = h("div", { class: "scene debrief" }, phases, question, h("div", { class: "halves" }, body, h("section", {}, h("h2", {}, t("debrief.notes")), notes)), h("p", { class: "box telling", role: "status" }));

  function bars(rows) {
    const most = Math.max(1, ...rows.flatMap(([, ...values]) => values));
    return h("ul", { class: "bars" }, ...rows.map(([label, ...values]) => h("li", {}, h("span", {}, label), h("span", { class: "values" }, ...values.map((value, place) => {
      const bar = h("i", { class: `bar bar-${place}` }, String(value));
      bar.style.width = `${(100 * value) / most}%`;
      return bar;
    })))));
  }

  function changes() {
    const { changes: made, setting } = ctx.state;
    if (!made.length) return h("p", {}, t("debrief.no_change"));
    const named = new Map(setting.levers.map((lever) => [lever.name, lever]));
    return h("ol", { class: "changes" }, ...made.slice(-6).map((change) => {
      const told = Object.entries(change.values).filter(([name]) => named.has(name)).map(([name, value]) => `${either(named.get(name).label)} : ${leverValue(named.get(name), value)}`);
      return h("li", {}, told.join(" ; ") || t("debrief.as_set"));
    }));
  }

  function drawBody(phase) {
    const { emotions, votes } = ctx.state;
    if (phase === "emotions") fill(body, bars(Object.entries(emotions).map(([name, number]) => [t(`emotion.${name}`), number])));
    else if (phase === "events" || phase === "explanations") fill(body, chart.node, h("h2", {}, t("debrief.changes")), changes());
    else {
      const rows = Object.entries(votes).map(([name, [like, unlike]]) => [t(`statement.${name}`), like, unlike]);
      fill(body, h("p", { class: "vote-key" }, h("i", { class: "bar bar-0" }, t("debrief.like")), h("i", { class: "bar bar-1" }, t("debrief.unlike"))), bars(rows));
    }
  }

  return {
    node,
    update() {
      const { phase } = ctx.state, place = PHASES.indexOf(phase);
      [...phases.children].forEach((one, number) => (number === place ? one.setAttribute("aria-current", "step") : one.removeAttribute("aria-current")));
      say(question, t(`phase.${phase}.question`));
      drawBody(phase);
      if (ctx.a) chart.show({ curves: { a: ctx.a.emerged, b: ctx.b.emerged }, ghost: ctx.ghost, bets: ctx.state.bets, month: ctx.a.months, months: ctx.a.months });
      fill(notes, ...(ctx.state.notes.length ? ctx.state.notes.slice(-8).map((note) => h("li", {}, h("b", {}, t(`phase.${note.phase}.title`)), " · ", note.text)) : [h("li", {}, t("debrief.no_note"))]));
      say(node.lastChild, t("not_a_forecast"));
    },
    close: () => chart.close(),
  };
}
