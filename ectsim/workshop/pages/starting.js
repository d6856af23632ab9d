// What every page does first: its texts, its ground, a way to tell that it could not.

import { fill, h } from "./dom.js";
import { speak, t } from "./texts.js";

/** Loads the texts of the page's language. */
export async function loadTexts() {
  const language = document.documentElement.lang;
  speak(language, await fetched(`/texts/${language}.json`));
}

export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** Key in the address after "#", kept for when the page is loaded again. */
export function keyOfAddress() {
  return decodeURIComponent(location.hash.slice(1));
}

/** Says why nothing can be shown. */
export function refuse(root, reason) {
  fill(root, h("main", { class: "viewer" }, h("div", { class: "scene quiet" }, h("h1", {}, t("refused.title")), h("p", { class: "lead", role: "alert" }, t(`refused.${reason}`)))));
}
