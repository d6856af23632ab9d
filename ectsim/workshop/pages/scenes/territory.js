// Le territoire: outlines, then actors, then ties.

import { fill, h, say } from "../dom.js";
import { mark } from "../legend.js";
import { TerritoryMap } from "../map.js";
import { count, decimal, either, t } from "../texts.js";

export function make(ctx) {
  const map = new TerritoryMap(ctx.ground, { label: t("territory.map"), actors: false, ties: false, names: true });
  const told = h("p", { class: "lead", role: "status" });
  const counts = h("ul", { class: "sectors" });
  const steps = h("ol", { class: "steps" }, ...["outlines", "actors", "ties"].map((name) => h("li", {}, t(`territory.${name}`))));
  const node = h("div", { class: "scene split" }, map.node, h("div", { class: "aside" }, h("h2", {}, either(ctx.ground.title)), steps, told, counts));

  function words(shown) {
    if (shown < 1) return t("territory.telling.nothing");
    const values = { communes: decimal(ctx.ground.names.length), epcis: decimal(ctx.ground.epci_names.length) };
    if (shown === 1 || !ctx.cast) return t("territory.telling.outlines", values);
    if (shown === 2) return t("territory.telling.actors", { actors: count("noun.actor", ctx.cast.actors.length) });
    const cross = ctx.cast.ties.filter(([one, other]) => ctx.cast.actors[one].sector !== ctx.cast.actors[other].sector).length;
    return t("territory.telling.ties", { ties: count("noun.tie", ctx.cast.ties.length), share: decimal((100 * cross) / ctx.cast.ties.length, 0) });
  }

  return {
    node,
    update() {
      const shown = ctx.state.layers;
      node.classList.toggle("empty", shown < 1);
      map.set({ actors: shown >= 2, ties: shown >= 3, outlines: shown >= 1 });
      map.show({ cast: ctx.cast });
      [...steps.children].forEach((step, place) => step.toggleAttribute("data-done", place < shown));
      say(told, words(shown));
      const sectors = shown >= 2 && ctx.cast ? ["public", "private", "civil"] : [];
      fill(counts, ...sectors.map((name) => h("li", {}, mark(name), h("b", {}, String(ctx.cast.actors.filter((actor) => actor.sector === name).length)), t(`sector.${name}`))));
    },
    close: () => map.close(),
  };
}
