// The facilitator's page: the scene everybody sees, the steps of the day, the orders of the moment, the keyboard.

import { ask } from "./ahead.js";
import { controls } from "./controls.js";
import { fill, h, say } from "./dom.js";
import { press } from "./keyboard.js";
import { Link } from "./link.js";
import { fetched, keyOfAddress, loadTexts, refuse } from "./starting.js";
import { count, either, language, screenName, t, toldBy } from "./texts.js";
import { SCREENS, Viewer } from "./viewer.js";

// what a finger that stays on a key or a slider sends again and again
const HELD = new Set(["clock", "pull"]);

const [ground] = await Promise.all([fetched("/ground.json"), loadTexts()]);
const stage = h("div", { class: "stage" });
const steps = h("ol", {}, ...SCREENS.map((screen, place) =>
  h("li", {}, h("button", { type: "button", "data-screen": screen, title: t(`screen.${screen}`), onclick: () => go(screen, place) }, h("b", {}, String(place + 1)), " ", h("span", {}, t(`screen.${screen}`))))));
function go(screen, place) {
  ask("screen", place);
  link.send("show", { screen });
}

const present = h("p", { class: "present" });
const told = h("p", { class: "told", role: "alert" });
const unkept = h("p", { class: "told", role: "alert" });
const trouble = h("p", { class: "told", role: "alert" });
const panel = h("div", { class: "panel" });
const opener = h("a", { class: "button", target: "screen", rel: "opener" }, t("facilitator.open_screen"));
const other = language === "fr" ? "en" : "fr";
const tongue = h("a", { class: "button", lang: other, href: `/facilitator?lang=${other}${location.hash}` }, t("facilitator.other_language"));
const side = h("aside", { "aria-label": t("facilitator.orders") }, present, unkept, trouble, panel, told, h("div", { class: "row" }, opener, tongue));
fill(document.body, h("div", { class: "desk" }, h("nav", { "aria-label": t("facilitator.steps") }, steps), stage, side));

const send = (type, values) => {
  say(told, "");
  if (HELD.has(type)) link.sendLatest(type, values);
  else link.send(type, values);
};
const viewer = new Viewer(stage, "facilitator", ground, send);
viewer.token = keyOfAddress();
let shown = null, panelOf = null;

function heard(message) {
  if (message.type === "told") {
    say(told, toldBy(message));
    return;
  }
  viewer.receive(message);
  if (viewer.state) refresh(message.type);
}

function refresh(kind) {
  const { screen, here, participants, screen_token } = viewer.state;
  for (const button of steps.querySelectorAll("button")) {
    button.title = screenName(button.dataset.screen, viewer.state);
    say(button.querySelector("span"), button.title);
    if (button.dataset.screen === screen) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }
  opener.href = `/screen?lang=${language}#${screen_token}`;
  const people = Object.values(here).reduce((sum, number) => sum + number, 0);
  say(present, t("facilitator.present", { people: count("noun.person", people), here: participants.filter((one) => one.here).length }));
  say(unkept, viewer.state.kept ? "" : t("facilitator.not_kept"));
  say(trouble, viewer.state.trouble.fr ? t("facilitator.not_played", { trouble: either(viewer.state.trouble) }) : "");
  if (shown !== screen) {
    shown = screen;
    panelOf = controls[screen](viewer);
    fill(panel, panelOf.node);
    viewer.title.focus({ preventScroll: true });
  }
  panelOf.update(kind);
}

const link = new Link(() => ({ role: "facilitator", token: keyOfAddress() }), heard, (status, reason) => {
  if (status === "refused") refuse(document.body, reason);
  else viewer.tell(status === "lost" ? t("link.lost") : "");
});
document.addEventListener("keydown", (event) => viewer.state && press(event, viewer));
