// What is printed: cards of actors to hand out, and the sheet of the day (A4 landscape). Print styles are in style.css.

import { h } from "./dom.js";
import { mark } from "./legend.js";
import { changed, compared, spent } from "./telling.js";
import { Chart } from "./chart.js";
import { count, either, t, theme } from "./texts.js";

const CARDS = 24;

function printed(node) {
  document.body.append(node);
  document.body.classList.add("printing");
  const done = () => {
    document.body.classList.remove("printing");
    node.remove();
  };
  addEventListener("afterprint", done, { once: true });
  requestAnimationFrame(() => requestAnimationFrame(() => print()));
}

/** Who an actor is, in words. */
export function actorName(actor, ground) {
  return t("card.name", { kind: t(`kind.${actor.kind}`), commune: ground.names[actor.commune] });
}

/** Twenty-four actors to play, of every sector, spread over the territory. */
export function printCards(viewer) {
  const { cast, ground, room } = viewer;
  if (!cast) return;
  const step = Math.max(1, Math.floor(cast.actors.length / CARDS));
  const chosen = cast.actors.filter((_, place) => place % step === 0).slice(0, CARDS);
  printed(h("div", { class: "sheet cards" }, ...chosen.map((actor) => h("section", { class: "card" },
    h("h2", {}, mark(actor.sector), actorName(actor, ground)), h("p", {}, t("card.interests", { themes: actor.interests.map(theme).join(", ") })),
    h("p", {}, t("card.number", { number: actor.key })), h("p", { class: "small" }, `${room?.address ?? ""} · ${room?.code ?? ""}`), h("p", { class: "small" }, t("card.fictive"))))));
}

/** The sheet of the day. */
export function printSheet(viewer) {
  const { a, b, band, state, ghost } = viewer;
  const chart = new Chart(t("compare.chart"));
  chart.show({ curves: { a: a.emerged, b: b.emerged }, ghost, bets: state.bets, month: a.months, months: a.months });
  const lines = [compared(a, b, a.months), ghost ? changed(ghost, b, viewer.draws) : "", band ? spent(band) : ""].filter(Boolean);
  printed(h("div", { class: "sheet day" }, h("h1", {}, t("sheet.title")), h("p", {}, h("b", { class: "ink-a" }, "A"), " ", either(state.setting.name_a), " · ", h("b", { class: "ink-b" }, "B"), " ", either(state.setting.name_b), " · ", t("sheet.seed", { seed: state.setting.seed, time: count("noun.year", state.setting.years) })),
    h("div", { class: "sheet-chart" }, chart.node), ...lines.map((line) => h("p", {}, line)),
    h("h2", {}, t("debrief.notes")), h("ul", {}, ...state.notes.map((note) => h("li", {}, t(`phase.${note.phase}.title`), " · ", note.text))), h("p", { class: "box" }, t("not_a_forecast"), " ", t(`parameters.${viewer.cast.parameters}`))));
}
