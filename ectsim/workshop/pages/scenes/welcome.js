// Accueil: two giant QR codes, the room code, who is here by category.

import { fill, h, say } from "../dom.js";
import { mark } from "../legend.js";
import { count, t } from "../texts.js";

const CATEGORIES = ["public", "private", "civil", "officer", "other"];

export function make(ctx) {
  const codes = h("div", { class: "codes" });
  const here = h("ul", { class: "here" });
  const told = h("p", { class: "telling", role: "status" });
  const node = h("div", { class: "scene welcome" }, codes, h("div", { class: "who" }, told, here));

  function card(number, title, image, label, ...lines) {
    return h("figure", { class: "code" }, h("figcaption", {}, number ? h("b", { class: "number" }, String(number)) : null, title), h("img", { src: image, alt: label }), ...lines);
  }

  function drawCodes() {
    const room = ctx.room;
    if (!room) return;
    const cards = [];
    if (room.wifi) {
      const password = room.wifi_password ? h("p", {}, t("welcome.password"), " ", h("b", {}, room.wifi_password)) : null;
      cards.push(card(1, t("welcome.wifi"), room.wifi_qr, t("welcome.wifi_qr", { name: room.wifi }), h("p", {}, h("b", {}, room.wifi)), password));
    }
    cards.push(card(room.wifi ? 2 : 0, t("welcome.page"), room.qr, t("welcome.page_qr", { address: room.address }),
      h("p", { class: "address" }, room.address.replace("http://", "")), h("p", {}, t("welcome.code"), " ", h("b", { class: "room-code" }, room.code))));
    fill(codes, ...cards);
  }

  function drawHere() {
    const counts = ctx.state.here;
    const all = Object.values(counts).reduce((sum, number) => sum + number, 0);
    say(told, all ? t("welcome.here", { people: count("noun.person", all) }) : t("welcome.nobody"));
    fill(here, ...CATEGORIES.map((name) => h("li", {}, mark(name, counts[name] ? "#56B4E9" : "#ffffff"), h("b", {}, String(counts[name] ?? 0)), t(`category.${name}`))));
  }

  return {
    node,
    update(kind) {
      if (kind === "all" || kind === "room") drawCodes();
      if (kind === "all" || kind === "state") drawHere();
    },
  };
}
