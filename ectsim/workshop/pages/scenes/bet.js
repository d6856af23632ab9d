// Parier: the question, and only how many bets came.

import { h, say } from "../dom.js";
import { count, t } from "../texts.js";

export function make(ctx) {
  const came = h("p", { class: "giant" });
  const told = h("p", { class: "telling", role: "status" });
  const node = h("div", { class: "scene quiet" }, h("h2", { class: "question" }), h("p", { class: "lead" }, t("bet.what")), came, told, h("p", {}, t("bet.hidden")));
  return {
    node,
    update() {
      say(node.querySelector("h2"), t("bet.question", { time: count("noun.year", ctx.state.setting.years) }));
      say(came, String(ctx.state.bets_count));
      say(told, count("bet.came", ctx.state.bets_count));
    },
  };
}
