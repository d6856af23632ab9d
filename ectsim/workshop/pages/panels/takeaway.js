// Orders of the screen Restitution: the page that replays, the table, the log, the sheet to print.

import { h, say } from "../dom.js";
import { printSheet } from "../cards.js";
import { t } from "../texts.js";

const FILES = ["replay.html", "results.csv", "log.json"];

export function takeaway(viewer) {
  const names = h("input", { type: "checkbox" }), told = h("p", { role: "status", class: "note" });

  async function take(file) {
    const answer = await fetch(`/export/${file}`, { method: "POST", headers: { Authorization: `Bearer ${viewer.token}` }, body: JSON.stringify({ names: names.checked }) });
    if (!answer.ok) {
      say(told, t("takeaway.failed"));
      return;
    }
    const address = URL.createObjectURL(await answer.blob());
    const link = h("a", { href: address, download: `ectsim-${file}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    say(told, t("takeaway.taken", { file: `ectsim-${file}` }));
  }

  return {
    node: h("div", {}, h("p", { class: "note" }, t("takeaway.note")), h("label", { class: "check" }, names, h("span", {}, t("takeaway.names"))),
      ...FILES.map((file) => h("button", { type: "button", class: "wide", onclick: () => take(file) }, t(`takeaway.${file.split(".")[0]}`))),
      h("button", { type: "button", class: "wide", onclick: () => printSheet(viewer) }, t("takeaway.print")), told),
    update() {},
  };
}
