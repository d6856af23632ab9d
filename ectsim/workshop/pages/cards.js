// What is printed: cards of actors to hand out, and the sheet of the day (A4 landscape). Print styles are in style.css.

import { h } from "./dom.js";
import { mark, stroke } from "./legend.js";
import { band as spoken, bets, changed, compared, spent } from "./telling.js";
import { Chart } from "./chart.js";
import { count, either, t, theme } from "./texts.js";

const CARDS = 24;
// paper shows more points to the inch than most screens
const PAPER_RATIO = 3;

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
    h("p", { class: "number" }, t("card.number", { number: actor.key })), h("p", { class: "small" }, `${room?.address ?? ""} · ${room?.code ?? ""}`), h("p", { class: "small" }, t("card.fictive"))))));
}

/** The sheet of the day: the curve, what it says, what the room made of it. */
export function printSheet(viewer) {
  const { a, b, band, state, ghost } = viewer;
  const chart = new Chart(t("compare.chart"));
  chart.drawing.leastRatio = PAPER_RATIO;
  chart.show({ curves: { a: a.emerged, b: b.emerged }, ghost, bets: state.bets, month: a.months, months: a.months });
  const world = (letter) => [h("b", { class: `ink-${letter}` }, stroke(letter), letter.toUpperCase()), " ", either(state.setting[`name_${letter}`])];
  const lines = [compared(a, b, a.months), bets(state.bets, a, b), ghost ? changed(ghost, b, viewer.draws) : "", band ? `${spoken(band)} ${spent(band)}` : ""].filter(Boolean);
  const votes = Object.entries(state.votes).filter(([, given]) => given[0] + given[1]).map(([item, [like, unlike]]) => h("li", {}, t(`statement.${item}`), " ", h("b", {}, t("sheet.votes", { like, unlike }))));
  const notes = state.notes.map((note) => h("li", {}, t(`phase.${note.phase}.title`), " · ", note.text));
  printed(h("div", { class: "sheet day" }, h("h1", {}, t("sheet.title")), h("p", {}, ...world("a"), " · ", ...world("b"), " · ", t("sheet.seed", { seed: state.setting.seed, time: count("noun.year", state.setting.years) })),
    h("div", { class: "sheet-chart" }, chart.node), ...lines.map((line) => h("p", {}, line)), h("p", { class: "box" }, t("not_a_forecast"), " ", t(`parameters.${viewer.cast.parameters}`)),
    h("div", { class: "sheet-said" }, votes.length ? h("section", {}, h("h2", {}, t("phase.reality.question")), h("ul", {}, ...votes)) : null, notes.length ? h("section", {}, h("h2", {}, t("debrief.notes")), h("ul", {}, ...notes)) : null)));
}
