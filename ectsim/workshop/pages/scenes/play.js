// Incarner: the world as the room plays it, year after year.

import { Chart } from "../chart.js";
import { em, fillFitting, h, say } from "../dom.js";
import { mapLegend, stroke } from "../legend.js";
import { TerritoryMap } from "../map.js";
import { count, isolated, t, theme } from "../texts.js";

const NAME_LEAST = 7.5, NAME_HIGH = 1.2;

export function make(ctx) {
  const map = new TerritoryMap(ctx.ground, { label: t("play.map") });
  const chart = new Chart(t("play.chart"));
  const news = h("ul", { class: "news" });
  const people = h("ol", { class: "players" });
  const told = h("p", { class: "telling", role: "status" });
  const year = h("p", { class: "when" });
  const ready = h("p", { class: "lead" });
  const node = h("div", { class: "scene play" },
    h("div", { class: "halves" },
      h("section", { class: "world", "aria-label": t("play.map") }, year, h("div", { class: "played" }, people, map.node)),
      h("section", { class: "world" }, ready, h("h2", {}, t("play.news")), news, h("h2", { class: "legend" }, h("span", {}, stroke("b"), t("play.curve")), h("span", {}, stroke("ghost"), t("play.alone"))), chart.node)),
    mapLegend(), told);

  function players() {
    return ctx.state.game.players.map(({ actor, name }, place) => ({ actor: ctx.cast.actors.findIndex((one) => one.key === actor), name: name ? isolated(name) : t("play.nameless", { number: place + 1 }), named: Boolean(name), number: String(place + 1) }));
  }

  /** Numbers and names in as many columns as they need, up to half of the room beside the map. */
  function list(inRoom) {
    const half = people.parentNode.clientWidth / (2 * em()), rows = Math.max(1, Math.floor(people.clientHeight / (NAME_HIGH * em())));
    const columns = Math.max(1, Math.min(Math.ceil(inRoom.length / rows), Math.floor(half / NAME_LEAST)));
    people.style.columns = String(columns);
    people.style.maxWidth = `${half}rem`;
    fillFitting(people, inRoom.map(({ actor, name, named, number }) => h("li", {}, h("b", {}, number), " ", named ? name : t(`kind.${ctx.cast.actors[actor].kind}`))), (n) => count("fates.more", n));
  }

  function happened(inRoom) {
    const { game } = ctx, last = game.months, names = new Map(inRoom.map(({ actor, name }) => [actor, name])), found = [];
    for (const project of [...game.projects, ...game.ideas]) {
      const about = theme(project.theme);
      for (const [actor, first, after] of project.members) {
        if (!names.has(actor)) continue;
        if (first > last - 12 && first > 0) found.push(t(actor === project.initiator ? "play.started" : "play.joined", { name: names.get(actor), theme: about }));
        else if (after > last - 12 && after <= last) found.push(t("play.left", { name: names.get(actor), theme: about }));
      }
      if (project.stages[3] !== null && project.stages[3] >= last - 12 && project.stages[3] < last) found.push(t("play.emerged", { theme: about, commune: ctx.ground.names[project.commune] }));
    }
    return found;
  }

  return {
    node,
    update() {
      const { game } = ctx;
      if (!game || !ctx.cast || !ctx.b) return;
      const inRoom = players();
      map.show({ cast: ctx.cast, world: game, month: game.months, marked: inRoom });
      chart.show({ curves: { b: game.emerged }, ghost: ctx.b.emerged, month: game.months, months: ctx.b.months });
      say(year, t("play.year", { year: game.year, years: ctx.state.setting.years }));
      list(inRoom);
      say(ready, t("play.ready", { players: count("noun.player", inRoom.length), decided: count("play.decided", ctx.state.game.decided) }));
      const found = game.months ? happened(inRoom) : [];
      fillFitting(news, (found.length ? found : [t("play.nothing")]).map((line) => h("li", {}, line)));
      const now = game.emerged[game.months], alone = ctx.b.emerged[game.months];
      say(told, game.months ? t("play.telling", { time: count("noun.year", game.year), now: count("noun.emerged", now), alone }) : t("play.begin"));
    },
    close: () => [map, chart].forEach((one) => one.close()),
  };
}
