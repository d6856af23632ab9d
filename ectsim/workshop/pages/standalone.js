// The page taken home: replays what the room saw, from its own file, with no server.

import { fill, h, say } from "./dom.js";
import { screenName, speak, t } from "./texts.js";
import { Viewer } from "./viewer.js";

const TAKEN = ["territory", "compare", "levers", "play", "luck", "fates", "debrief"];
const data = JSON.parse(document.getElementById("data").textContent);
speak(data.language, data.texts);

const stage = h("div", { class: "stage" });
const steps = h("ol", {}, ...TAKEN.map((screen) => h("li", {}, h("button", { type: "button", "data-screen": screen, onclick: () => change({ screen, clock: still(viewer.playhead.last) }) }))));
const play = h("button", { type: "button", class: "main", onclick: playOrStop });
const month = h("input", { type: "range", min: "0", step: "1", "aria-label": t("compare.month"), oninput: () => change({ clock: still(Number(month.value)) }) });
const phases = h("button", { type: "button", onclick: nextPhase }, t("next"));
const orders = h("div", { class: "row replay" }, play, month, phases);
fill(document.body, h("div", { class: "home" }, h("nav", { "aria-label": t("facilitator.steps") }, steps), stage, orders));

const viewer = new Viewer(stage, "reader", data.ground, order);
const ticked = viewer.playhead.ticked;
viewer.playhead.ticked = (at) => {
  ticked(at);
  month.value = String(Math.floor(at));
};
viewer.finish = () => change({ clock: still(viewer.playhead.last) });

function still(at) {
  return { month: at, playing: false, pace: 6 };
}

/** What the reader presses changes the page's own state. */
function order(type, values) {
  if (type === "choose") change({ project: values.project });
}

function change(part) {
  viewer.receive({ type: "state", state: { ...viewer.state, ...part } });
  refresh();
}

function playOrStop() {
  const { playhead } = viewer, from = playhead.month >= playhead.last ? 0 : Math.floor(playhead.month);
  change({ clock: { month: from, playing: !playhead.playing, pace: 6 } });
}

function nextPhase() {
  const all = ["emotions", "events", "explanations", "reality", "next"];
  change({ phase: all[(all.indexOf(viewer.state.phase) + 1) % all.length] });
}

function refresh() {
  const { screen, clock, setting } = viewer.state;
  for (const button of steps.querySelectorAll("button")) {
    say(button, screenName(button.dataset.screen, viewer.state));
    if (button.dataset.screen === screen) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }
  say(play, t(clock.playing ? "compare.stop" : "compare.play"));
  play.hidden = month.hidden = screen !== "compare";
  phases.hidden = screen !== "debrief";
  month.max = String(12 * setting.years);
  month.value = String(Math.floor(viewer.playhead.month));
}

for (const message of data.messages) {
  const shown = message.type === "state" ? { ...message, state: { ...message.state, layers: 3, draws: { shown: 30, band: true }, clock: still(0) } } : message;
  viewer.receive(shown);
}
refresh();
addEventListener("keydown", (event) => {
  if (event.key !== " " || ["BUTTON", "INPUT"].includes(event.target.tagName) || viewer.state.screen !== "compare") return;
  event.preventDefault();
  playOrStop();
});
