// Restitution: what everybody takes home.

import { h } from "../dom.js";
import { t } from "../texts.js";

export function make() {
  return {
    node: h("div", { class: "scene quiet" }, h("h2", {}, t("takeaway.thanks")), h("p", { class: "lead" }, t("takeaway.what")), h("p", { class: "box" }, t("not_a_forecast"))),
    update() {},
  };
}
