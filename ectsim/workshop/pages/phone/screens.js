// What a phone shows, screen by screen; playing an actor lives in play.js.

import { fill, h, say } from "../dom.js";
import { mark } from "../legend.js";
import { leverValue } from "../lever.js";
import { count, either, screenName, t } from "../texts.js";
import { play } from "./play.js";

function watch(ctx) {
  const title = h("h2", {});
  return {
    node: h("div", {}, title, h("p", { class: "lead" }, t("phone.watch"))),
    update() {
      say(title, screenName(ctx.state.screen, ctx.state));
    },
  };
}

function join(ctx) {
  const name = h("input", { type: "text", maxlength: "24", autocomplete: "off", id: "name" });
  const choices = h("fieldset", {}, h("legend", {}, t("phone.category")));
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    const category = choices.querySelector("input:checked")?.value;
    if (category) ctx.send("join", { name: name.value, category });
  } }, h("label", { class: "field" }, h("span", {}, t("phone.name")), name), h("p", { class: "note" }, t("phone.name_note")), choices, h("button", { type: "submit", class: "main" }, t("phone.join")));
  for (const category of ctx.state.categories) {
    choices.append(h("label", { class: "choice" }, h("input", { type: "radio", name: "category", value: category, required: true }), mark(category), h("span", {}, t(`category.${category}`))));
  }
  return { node: form, update() {} };
}

function bet(ctx) {
  const input = h("input", { type: "number", min: "0", max: "999", inputmode: "numeric", required: true });
  const told = h("p", { role: "status", class: "lead" });
  const send = h("button", { type: "submit", class: "main" }, t("phone.bet"));
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    ctx.send("bet", { number: Math.round(Number(input.value)) });
  } }, h("label", { class: "field" }, h("span", {}, t("phone.bet_question", { time: count("noun.year", ctx.state.years) })), input), send);
  return {
    node: h("div", {}, h("h2", {}, t("screen.bet")), h("p", {}, t("bet.what")), form, told),
    update() {
      if (ctx.state.bet !== null && document.activeElement !== input) input.value = String(ctx.state.bet);
      say(told, ctx.state.bet === null ? "" : t("phone.bet_kept", { number: ctx.state.bet }));
    },
  };
}

function levers(ctx) {
  const list = h("div", {}), told = h("p", { role: "status" });
  const inputs = new Map();
  let drawn = "";

  function build() {
    inputs.clear();
    fill(list, ...ctx.state.levers.map((lever) => {
      const input = h("input", { type: "range", min: String(lever.low), max: String(lever.high), step: String(lever.step) }), output = h("output", {});
      input.addEventListener("input", () => say(output, leverValue(lever, Number(input.value))));
      input.addEventListener("change", () => ctx.send("propose", { lever: lever.name, value: Number(input.value) }));
      inputs.set(lever.name, { input, output, lever });
      return h("label", { class: "field dial" }, h("span", {}, h("b", {}, t(`instrument.${lever.instrument}`)), " · ", either(lever.label)), input, output);
    }));
  }

  return {
    node: h("div", {}, h("h2", {}, t("screen.levers")), h("p", {}, t("phone.levers")), list, told),
    update() {
      const key = JSON.stringify(ctx.state.levers.map(({ name, low, high }) => [name, low, high]));
      if (key !== drawn) build();
      drawn = key;
      for (const [name, { input, output, lever }] of inputs) {
        const now = ctx.state.levers.find((one) => one.name === name).now;
        if (document.activeElement !== input) input.value = String(ctx.state.proposals[name] ?? now);
        say(output, leverValue(lever, Number(input.value)));
      }
      say(told, Object.keys(ctx.state.proposals).length ? t("phone.proposed") : "");
    },
  };
}

const EMOTIONS = ["surprised", "convinced", "doubtful", "curious", "worried", "hopeful"];
const STATEMENTS = ["few", "known", "officers", "money", "luck", "windfall", "time", "sectors"];

function debrief(ctx) {
  const body = h("div", {}), title = h("h2", {}), question = h("p", { class: "lead" });
  let drawn = null;

  function press(text, pressed, onclick) {
    return h("button", { type: "button", class: "toggle", "aria-pressed": pressed ? "true" : "false", onclick }, text);
  }

  function build() {
    const { phase, emotion, votes } = ctx.state;
    if (phase === "emotions") {
      fill(body, h("div", { class: "toggles" }, ...EMOTIONS.map((name) => press(t(`emotion.${name}`), emotion === name, () => ctx.send("feel", { emotion: emotion === name ? null : name })))));
    } else if (phase === "reality" || phase === "next") {
      fill(body, ...STATEMENTS.map((item) => {
        const vote = (likeness) => press(t(`debrief.${likeness}`), votes[item] === likeness, () => ctx.send("vote", { item, likeness: votes[item] === likeness ? null : likeness }));
        return h("fieldset", { class: "statement" }, h("legend", {}, t(`statement.${item}`)), vote("like"), vote("unlike"));
      }));
    } else fill(body, h("p", {}, t("phone.talk")));
  }

  return {
    node: h("div", {}, title, question, body, h("p", { class: "box" }, t("not_a_forecast"))),
    update() {
      const { phase, emotion, votes } = ctx.state, key = JSON.stringify([phase, emotion, votes]);
      say(title, t(`phase.${phase}.title`));
      say(question, t(`phase.${phase}.question`));
      if (key === drawn) return;
      const place = [...body.querySelectorAll("button")].indexOf(document.activeElement);
      drawn = key;
      build();
      if (place >= 0) body.querySelectorAll("button")[place]?.focus();
    },
  };
}

function takeaway() {
  return { node: h("div", {}, h("h2", {}, t("takeaway.thanks")), h("p", {}, t("phone.thanks")), h("p", { class: "box" }, t("not_a_forecast"))), update() {} };
}

export const screens = { watch, join, bet, levers, play, debrief, takeaway };
