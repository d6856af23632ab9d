// Préparer: while the facilitator prepares, the wall says what will come.

import { h, say } from "../dom.js";
import { either, t } from "../texts.js";

export function make(ctx) {
  const lead = h("p", { class: "lead" });
  const node = h("div", { class: "scene quiet" }, h("h2", {}, t("prepare.soon")), lead, h("p", {}, t("prepare.what")), h("p", { class: "box" }, t("not_a_forecast")));
  return {
    node,
    update() {
      say(lead, t("prepare.worlds", { a: either(ctx.state.setting.name_a), b: either(ctx.state.setting.name_b) }));
    },
  };
}
