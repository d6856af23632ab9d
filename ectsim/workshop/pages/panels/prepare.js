// Orders of the screen Préparer: worlds, levers, network, rehearsal, self-check, cards.

import { fill, h, say } from "../dom.js";
import { either, t } from "../texts.js";
import { printCards } from "../cards.js";

const MOST_LEVERS = 6;

export function prepare(viewer) {
  const a = h("select", {}), b = h("select", {}), years = h("input", { type: "number", min: "1", max: "20" }), seed = h("input", { type: "number", min: "0", max: "999999" });
  const about = h("p", { class: "note" }), levers = h("div", {}), checks = h("ul", { class: "checks" });
  const wifi = h("input", { type: "text", maxlength: "32", autocomplete: "off" }), password = h("input", { type: "text", maxlength: "63", autocomplete: "off" });
  const simulated = h("input", { type: "number", min: "0", max: "40", value: "20" });
  const field = (label, input) => h("label", { class: "field" }, h("span", {}, label), input);
  let drawn = "";

  function order(event) {
    event.preventDefault();
    const chosen = [...levers.querySelectorAll("input:checked")].map((input) => input.value).slice(0, MOST_LEVERS);
    viewer.send("prepare", { a: a.value, b: b.value, years: Number(years.value) || 10, seed: Number(seed.value) || 1, levers: chosen });
  }

  /** The draw nearest to the middle of both worlds: a story like most others. */
  function ordinary() {
    const finals = viewer.draws?.finals;
    if (!finals) return;
    const middles = finals.map((values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]);
    const away = finals[0].map((_, place) => finals.reduce((sum, values, world) => sum + Math.abs(values[place] - middles[world]), 0));
    seed.value = String(viewer.state.setting.seed + away.indexOf(Math.min(...away)));
  }

  function drawPartners() {
    const { library, setting } = viewer.state, first = library.find((one) => one.name === a.value);
    fill(b, ...library.filter((one) => first?.partners.includes(one.name)).map((one) => h("option", { value: one.name, selected: one.name === setting.b }, either(one.title))));
    const second = library.find((one) => one.name === b.value);
    say(about, second?.description ? either(second.description) : "");
  }

  function build() {
    const { library, setting, levers: known } = viewer.state;
    fill(a, ...library.map((one) => h("option", { value: one.name, selected: one.name === setting.a }, either(one.title))));
    drawPartners();
    years.value = String(setting.years);
    seed.value = String(setting.seed);
    const shown = new Set(setting.levers.map((lever) => lever.name));
    fill(levers, ...known.map((lever) => h("label", { class: "check" }, h("input", { type: "checkbox", value: lever.name, checked: shown.has(lever.name) }), h("span", {}, `${t(`instrument.${lever.instrument}`)} : ${either(lever.label)}`))));
  }

  function check() {
    const foreign = performance.getEntriesByType("resource").filter((one) => new URL(one.name).host !== location.host && !one.name.startsWith("data:"));
    const open = viewer.room && !/\/\/(127\.|localhost)/.test(viewer.room.address);
    const rows = [
      [foreign.length === 0, t(foreign.length ? "prepare.check.foreign" : "prepare.check.offline")],
      [open, t(open ? "prepare.check.reachable" : "prepare.check.loopback", { address: viewer.room?.address ?? "" })],
      [Boolean(viewer.band), t(viewer.band ? "prepare.check.played" : "prepare.check.playing")],
    ];
    fill(checks, ...rows.map(([right, words]) => h("li", { "data-right": right ? "yes" : null }, h("b", {}, right ? "✓ " : "! "), ...words.split(/(--\w+)/).map((part) => (part.startsWith("--") ? h("code", {}, part) : part)))));
  }

  a.addEventListener("change", drawPartners);
  b.addEventListener("change", () => say(about, either(viewer.state.library.find((one) => one.name === b.value)?.description ?? { fr: "", en: "" })));
  const worlds = h("form", { onsubmit: order }, h("h2", {}, t("prepare.scenarios")), field("A", a), field("B", b), about, h("div", { class: "pair" }, field(t("prepare.years"), years), field(t("prepare.seed"), seed)), h("button", { type: "button", onclick: ordinary }, t("prepare.ordinary")),
    h("details", {}, h("summary", {}, t("prepare.levers")), levers), h("button", { type: "submit", class: "main" }, t("prepare.go")));
  const network = h("form", { onsubmit: (event) => {
    event.preventDefault();
    viewer.send("wifi", { name: wifi.value, password: password.value });
  } }, field(t("prepare.wifi_name"), wifi), field(t("prepare.wifi_password"), password), h("button", { type: "submit" }, t("prepare.wifi_keep")));
  const rehearse = h("form", { class: "pair", onsubmit: (event) => {
    event.preventDefault();
    viewer.send("rehearse", { count: Number(simulated.value) || 0 });
  } }, field(t("prepare.simulated"), simulated), h("button", { type: "submit" }, t("prepare.rehearse")));
  return {
    node: h("div", {}, worlds, h("h2", {}, t("prepare.checks")), checks, h("details", {}, h("summary", {}, t("prepare.wifi")), network),
      h("details", {}, h("summary", {}, t("prepare.rehearsal")), rehearse), h("button", { type: "button", onclick: () => printCards(viewer) }, t("prepare.cards"))),
    update() {
      const key = JSON.stringify([viewer.state.setting, viewer.state.levers]);
      if (key !== drawn) build();
      drawn = key;
      check();
    },
  };
}
