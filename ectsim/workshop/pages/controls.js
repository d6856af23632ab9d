// The facilitator's orders, screen by screen. Each gives a node and how to update it; longer ones live in panels/.

import { step } from "./ahead.js";
import { fill, h, say } from "./dom.js";
import { playOrStop, showDraws, stepLayers } from "./keyboard.js";
import { levers } from "./panels/levers.js";
import { prepare } from "./panels/prepare.js";
import { takeaway } from "./panels/takeaway.js";
import { count, isolated, t } from "./texts.js";

/** A button. */
export function button(text, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, text);
}

/** A field that holds a whole number, with its label. */
export function numberField(label, attributes) {
  const input = h("input", { type: "number", inputmode: "numeric", ...attributes });
  return { input, node: h("label", { class: "field" }, h("span", {}, label), input) };
}

function note(key) {
  return h("p", { class: "note" }, t(key));
}

function welcome(viewer) {
  const list = h("ul", { class: "people" });
  return {
    node: h("div", {}, note("welcome.note"), h("h2", {}, t("welcome.people")), list),
    update() {
      fill(list, ...viewer.state.participants.map((one) => {
        const name = one.name || t("welcome.nameless");
        return h("li", { "data-here": one.here || null }, h("span", {}, isolated(name), " · ", t(`category.${one.category}`)),
          button("✕", () => viewer.send("remove", { participant: one.id }), { "aria-label": t("welcome.remove", { name }) }));
      }));
    },
  };
}

function territory(viewer) {
  return { node: h("div", {}, note("territory.note"), h("div", { class: "row" }, button(t("back"), () => stepLayers(viewer, -1)), button(t("next"), () => stepLayers(viewer, 1), { class: "main" }))), update() {} };
}

function bet(viewer) {
  const field = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", id: "hand-bets", oninput: () => { typed = true; } });
  let typed = false;
  const told = h("p", { class: "note" });
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    typed = false;
    viewer.send("hand_bets", { bets: (field.value.match(/\d+/g) ?? []).map(Number).slice(0, 200) });
  } }, h("label", { class: "field" }, h("span", {}, t("bet.hand")), field), h("button", { type: "submit" }, t("bet.keep")));
  return {
    node: h("div", {}, note("bet.note"), form, told),
    update() {
      if (!typed) field.value = viewer.state.hand_bets.join(" ");
      say(told, count("bet.by_hand", viewer.state.hand_bets.length));
    },
  };
}

function compare(viewer) {
  const play = button("", () => playOrStop(viewer), { class: "main" });
  const month = h("input", { type: "range", min: "0", step: "1" });
  month.addEventListener("input", () => viewer.send("clock", { month: Number(month.value), playing: false, pace: viewer.state.clock.pace }));
  const pace = h("select", {}, ...[3, 6, 12].map((value) => h("option", { value: String(value) }, t("compare.pace", { n: value }))));
  pace.addEventListener("change", () => viewer.send("clock", { month: Math.floor(viewer.playhead.month), playing: viewer.playhead.playing, pace: Number(pace.value) }));
  return {
    node: h("div", {}, note("compare.note"), h("div", { class: "row" }, play, button(t("compare.start"), () => viewer.send("clock", { month: 0, playing: false, pace: viewer.state.clock.pace }))),
      h("label", { class: "field" }, h("span", {}, t("compare.month")), month), h("label", { class: "field" }, h("span", {}, t("compare.speed")), pace)),
    update() {
      const { clock, setting } = viewer.state;
      say(play, t(clock.playing ? "compare.stop" : "compare.play"));
      month.max = String(12 * setting.years);
      if (document.activeElement !== month) month.value = String(clock.month);
      pace.value = String(clock.pace);
    },
  };
}

function play(viewer) {
  const round = button(t("play.round"), () => viewer.send("round"), { class: "main" });
  return {
    node: h("div", {}, note("play.note"), h("div", { class: "row" }, round, button(t("play.again"), () => viewer.send("new_game")))),
    update() {
      round.disabled = viewer.state.game.year >= viewer.state.setting.years;
    },
  };
}

function luck(viewer) {
  const draws = (change) => showDraws(viewer, () => change);
  const more = (steps) => showDraws(viewer, ({ shown }) => ({ shown: Math.max(0, Math.min(30, shown + steps)) }));
  return {
    node: h("div", {}, note("luck.note"), h("div", { class: "row" }, button(t("back"), () => more(-1)), button(t("luck.one"), () => more(1), { class: "main" }), button(t("luck.all"), () => draws({ shown: 30 })),
      button(t("luck.show_band"), () => draws({ shown: 30, band: true })), button(t("luck.none"), () => draws({ shown: 0, band: false })))),
    update() {},
  };
}

function fates(viewer) {
  return { node: h("div", {}, note("fates.note"), button(t("fates.none"), () => viewer.send("choose", { project: null }))), update() {} };
}

function debrief(viewer) {
  const phases = ["emotions", "events", "explanations", "reality", "next"];
  const go = (steps) => viewer.send("phase", { phase: step("phase", phases.indexOf(viewer.state.phase), steps, phases.length - 1) });
  const text = h("textarea", { rows: "3", maxlength: "400" });
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    viewer.send("note", { text: text.value });
    text.value = "";
  } }, h("label", { class: "field" }, h("span", {}, t("debrief.note")), text), h("button", { type: "submit" }, t("debrief.keep")));
  const hands = h("details", {}, h("summary", {}, t("debrief.hands")));
  const counts = new Map();
  for (const item of ["few", "known", "officers", "money", "luck", "windfall", "time", "sectors"]) {
    const like = numberField(t("debrief.like"), { min: "0", max: "999", value: "0" }), unlike = numberField(t("debrief.unlike"), { min: "0", max: "999", value: "0" });
    const tell = () => viewer.send("hand_votes", { item, like: Number(like.input.value) || 0, unlike: Number(unlike.input.value) || 0 });
    for (const { input } of [like, unlike]) input.addEventListener("change", tell);
    counts.set(item, [like.input, unlike.input]);
    hands.append(h("fieldset", {}, h("legend", {}, t(`statement.${item}`)), like.node, unlike.node));
  }
  return {
    node: h("div", {}, note("debrief.note_order"), h("div", { class: "row" }, button(t("back"), () => go(-1)), button(t("next"), () => go(1), { class: "main" })), form, hands),
    update() {
      for (const [item, inputs] of counts) inputs.forEach((input, place) => {
        if (document.activeElement !== input) input.value = String(viewer.state.hand_votes[item]?.[place] ?? 0);
      });
    },
  };
}

export const controls = { prepare, welcome, territory, bet, compare, levers, play, luck, fates, debrief, takeaway };
