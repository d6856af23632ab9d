// Orders of the screen Leviers: the sliders, the room's middle, the last change again.

import { fill, h, say } from "../dom.js";
import { leverValue } from "../lever.js";
import { middle } from "../telling.js";
import { either, t } from "../texts.js";

export function levers(viewer) {
  const list = h("div", {});
  const inputs = new Map();
  let drawn = "";

  function pull() {
    viewer.send("pull", { values: Object.fromEntries([...inputs].map(([name, { input }]) => [name, Number(input.value)])) });
  }

  function build(levers) {
    inputs.clear();
    fill(list, ...levers.map((lever) => {
      const input = h("input", { type: "range", min: String(lever.low), max: String(lever.high), step: String(lever.step) });
      const output = h("output", {});
      input.addEventListener("input", () => {
        say(output, leverValue(lever, Number(input.value)));
        pull();
      });
      inputs.set(lever.name, { input, output, lever });
      return h("label", { class: "field dial" }, h("span", {}, either(lever.label)), input, output);
    }));
  }

  const all = (value) => {
    for (const { input, output, lever } of inputs.values()) {
      input.value = String(value(lever));
      say(output, leverValue(lever, Number(input.value)));
    }
    pull();
  };
  const proposed = (lever) => {
    const given = viewer.state.proposals[lever.name];
    return given.length ? middle(given) : viewer.state.values[lever.name] ?? lever.value;
  };
  const replay = h("button", { type: "button", class: "main", onclick: () => viewer.send("replay") }, t("levers.replay"));
  return {
    node: h("div", {}, h("p", { class: "note" }, t("levers.note")), list,
      h("div", { class: "row" }, replay, h("button", { type: "button", onclick: () => all(proposed) }, t("levers.middle")), h("button", { type: "button", onclick: () => all((lever) => lever.value) }, t("levers.reset")))),
    update() {
      const { setting, values, before } = viewer.state, key = JSON.stringify(setting.levers);
      if (key !== drawn) build(setting.levers);
      drawn = key;
      replay.disabled = before === null;
      for (const [name, { input, output, lever }] of inputs) {
        if (document.activeElement !== input) input.value = String(values[name] ?? lever.value);
        say(output, leverValue(lever, Number(input.value)));
      }
    },
  };
}
