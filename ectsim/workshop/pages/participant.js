// A phone: joins, bets, proposes, plays an actor, votes. Its identity stays on the phone, so that it can come back.

import { fill, h, say } from "./dom.js";
import { Link } from "./link.js";
import { fetched, keyOfAddress, loadTexts } from "./starting.js";
import { language, t, toldBy } from "./texts.js";
import { screens } from "./phone/screens.js";

const CODE_LENGTH = 5;

await loadTexts();
const ctx = { ground: null, state: null, cast: null, hand: null, send: () => {} };
const status = h("p", { class: "status", role: "alert" });
const body = h("div", { class: "phone-body" });
const other = language === "fr" ? "en" : "fr";
const tongue = h("a", { lang: other, href: `/?lang=${other}` }, t("facilitator.other_language"));
const next = h("button", { type: "button", class: "plain", onclick: passOn, hidden: true }, t("phone.pass_on"));
fill(document.body, h("main", { class: "phone" }, h("header", {}, h("h1", {}, t("phone.title")), status), body, h("footer", {}, h("p", {}, t("not_a_forecast_short")), h("p", {}, next, " ", tongue))));

let link = null, shown = null, screen = null;

/** Where this phone's identity is kept: one for each room. */
const kept = (code) => `ectsim ${location.host} ${code}`;

function remember(code, identity) {
  try {
    localStorage.setItem(kept(code), identity);
  } catch { /* a phone that keeps nothing takes part all the same */ }
}

function recall(code) {
  try {
    return localStorage.getItem(kept(code)) ?? "";
  } catch {
    return "";
  }
}

/** The shared tablet: the next person gets an identity of their own. */
function passOn() {
  remember(link.code, "");
  location.reload();
}

function askCode(reason) {
  const input = h("input", { type: "text", maxlength: "5", autocomplete: "off", autocapitalize: "characters", spellcheck: false, required: true });
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    const code = input.value.trim().toUpperCase();
    history.replaceState(null, "", `#${code}`);
    enter(code);
  } }, h("label", { class: "field" }, h("span", {}, t("phone.code")), input), h("button", { type: "submit", class: "main" }, t("phone.enter")));
  fill(body, reason ? h("p", { role: "alert" }, t(`refused.${reason}`)) : null, form);
  shown = null;
}

function enter(code) {
  say(status, t("link.joining"));
  tongue.href = `/?lang=${other}#${code}`;
  link = new Link(() => ({ role: "participant", code, id: recall(code) }), heard, (what, reason) => {
    if (what === "refused") {
      say(status, "");
      if (reason === "code") askCode("code");
      else fill(body, h("p", { class: "lead", role: "alert" }, t(`refused.${reason}`)));
      if (reason === "removed") remember(code, "");
    } else say(status, what === "lost" ? t("link.lost") : "");
  });
  link.code = code;
  ctx.send = (type, values) => {
    say(status, "");
    link.send(type, values);
  };
}

function heard(message) {
  if (message.type === "welcome") remember(link.code, message.id);
  else if (message.type === "told") say(status, toldBy(message));
  else if (message.type === "cleared") Object.assign(ctx, { cast: null, hand: null });
  else if (message.type === "cast") ctx.cast = message;
  else if (message.type === "hand") ctx.hand = message;
  else if (message.type === "state") ctx.state = message.state;
  if (ctx.state) draw();
}

function draw() {
  const { me, screen: wanted } = ctx.state;
  const name = me ? wanted : "join";
  next.hidden = !me;
  if (shown !== name) {
    shown = name;
    screen = (screens[name] ?? screens.watch)(ctx);
    fill(body, screen.node);
  }
  screen.update();
}

const code = keyOfAddress().toUpperCase();
try {
  ctx.ground = await fetched("/ground.json");
} catch { /* the link will say that the connection is lost */ }
if (code.length === CODE_LENGTH) enter(code);
else askCode("");
addEventListener("hashchange", () => location.reload());
