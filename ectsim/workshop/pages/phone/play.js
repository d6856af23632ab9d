// Incarner, on a phone: take an actor, answer its invitations, set its stance, start an idea.

import { fill, h } from "../dom.js";
import { actorName } from "../cards.js";
import { mark } from "../legend.js";
import { count, t, theme } from "../texts.js";
import { sameProject } from "../worlds.js";

const STANCES = ["open", "model", "closed"], OFFERED = 12;

export function play(ctx) {
  const node = h("div", {});
  let drawn = null, asked = null;

  /** What a form says, sent or not. */
  function given(form) {
    const answers = [...form.querySelectorAll("input[data-project]:checked")].map((input) => [...input.dataset.project.split(":").map(Number), input.value === "yes"]);
    return { stance: form.querySelector("input[name=stance]:checked")?.value ?? "model", answers: answers.slice(0, 20), idea: form.querySelector("select").value || null };
  }

  function choose() {
    asked = null;
    const kind = h("select", {}), commune = h("select", {}), card = h("input", { type: "number", min: "0", inputmode: "numeric" }), list = h("div", { class: "toggles" });
    const free = ctx.cast.actors.filter((actor) => !ctx.state.game.taken.includes(actor.key));
    const kinds = [...new Set(free.map((actor) => actor.kind))];
    const communes = [...new Set(free.map((actor) => actor.commune))].sort((one, other) => ctx.ground.names[one].localeCompare(ctx.ground.names[other]));
    fill(kind, h("option", { value: "" }, t("phone.any_kind")), ...kinds.map((name) => h("option", { value: name }, t(`kind.${name}`))));
    fill(commune, h("option", { value: "" }, t("phone.any_commune")), ...communes.map((place) => h("option", { value: String(place) }, ctx.ground.names[place])));
    const offer = () => {
      const fitting = free.filter((actor) => card.value ? actor.key === Number(card.value) : (!kind.value || actor.kind === kind.value) && (!commune.value || String(actor.commune) === commune.value));
      const step = Math.max(1, Math.floor(fitting.length / OFFERED));
      fill(list, fitting.length ? null : h("p", {}, t("phone.no_actor")), ...fitting.filter((_, place) => place % step === 0).slice(0, OFFERED).map((actor) =>
        h("button", { type: "button", class: "toggle actor", onclick: () => ctx.send("take", { actor: actor.key }) }, mark(actor.sector), h("span", {}, actorName(actor, ctx.ground), h("small", {}, t("card.interests", { themes: actor.interests.map(theme).join(", ") }))))));
    };
    kind.addEventListener("change", offer);
    commune.addEventListener("change", offer);
    card.addEventListener("input", offer);
    offer();
    fill(node, h("h2", {}, t("screen.play")), h("p", {}, t("phone.take")), h("label", { class: "field" }, h("span", {}, t("phone.kind")), kind), h("label", { class: "field" }, h("span", {}, t("phone.commune")), commune), h("label", { class: "field" }, h("span", {}, t("phone.card")), card), list);
  }

  function describe(project) {
    return h("span", {}, h("b", {}, theme(project.theme)), " · ", ctx.ground.names[project.commune], h("small", {}, project.members.length ? `${t(`stage.${project.stage}`)} · ${count("noun.member", project.members.length)}` : t("phone.unborn")));
  }

  function decide() {
    const { game } = ctx.state, actor = ctx.cast.actors.find((one) => one.key === game.actor);
    const hand = ctx.hand?.actor === game.actor && ctx.hand.year === game.year ? ctx.hand : null;
    // invitations that come while somebody fills the form in must not empty it
    const same = asked?.actor === game.actor && asked.year === game.year;
    const before = game.decision ?? (same ? given(asked.form) : null), form = h("form", {});
    asked = { actor: game.actor, year: game.year, form };
    const question = (project, name, yes, no, kept) => {
      const answered = before?.answers.find(([initiator, birth]) => sameProject([initiator, birth], project.id));
      const value = answered ? answered[2] : kept;
      const radio = (answer, label) => h("label", { class: "choice" }, h("input", { type: "radio", name, value: answer ? "yes" : "no", checked: value === answer, "data-project": project.id.join(":") }), h("span", {}, label));
      return h("fieldset", { class: "statement" }, h("legend", {}, describe(project)), radio(true, yes), radio(false, no));
    };
    const stances = h("fieldset", {}, h("legend", {}, t("phone.stance")), ...STANCES.map((stance) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name: "stance", value: stance, checked: (before?.stance ?? "open") === stance }), h("span", {}, t(`stance.${stance}`)))));
    const idea = h("select", {}, h("option", { value: "" }, t("phone.no_idea")), ...ctx.state.themes.map((name) => h("option", { value: name, selected: before?.idea === name }, theme(name))));
    const told = h("p", { role: "status", class: "lead" }, game.decision ? t("phone.decided") : "");
    const projects = hand?.projects ?? [], invitations = hand?.invitations ?? [];
    form.append(
      h("h3", {}, t("phone.mine")), ...(projects.length ? projects.map((project, place) => question(project, `mine${place}`, t("phone.stay"), t("phone.leave"), true)) : [h("p", {}, t(hand ? "phone.no_project" : "waiting"))]),
      h("h3", {}, t("phone.invitations")), ...(invitations.length ? invitations.map((project, place) => question(project, `asked${place}`, t("phone.accept"), t("phone.decline"), null)) : [h("p", {}, t(hand ? "phone.no_invitation" : "waiting"))]),
      stances, h("label", { class: "field" }, h("span", {}, t("phone.idea")), idea), h("button", { type: "submit", class: "main" }, t("phone.decide")), told);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ctx.send("decide", given(form));
    });
    fill(node, h("h2", {}, mark(actor.sector), actorName(actor, ctx.ground)), h("p", {}, t("card.interests", { themes: actor.interests.map(theme).join(", ") })), h("p", { class: "note" }, t("phone.coming", { year: game.year + 1 })),
      form, h("button", { type: "button", class: "plain", onclick: () => ctx.send("take", { actor: null }) }, t("phone.change_actor")));
  }

  return {
    node,
    update() {
      const { game } = ctx.state;
      if (!ctx.cast || !ctx.ground) {
        fill(node, h("p", {}, t("waiting")));
        drawn = null;
        return;
      }
      // a list that others change must not move under a finger: it is drawn again only when this phone's part changes
      const over = game.year >= ctx.state.years;
      const key = JSON.stringify([over, game.actor, game.year, game.decision, game.actor === null ? ctx.state.years : ctx.hand]);
      if (key === drawn) return;
      drawn = key;
      if (over) fill(node, h("h2", {}, t("screen.play")), h("p", { class: "lead" }, t("told.game_over"), " ", t("phone.watch")));
      else if (game.actor === null) choose();
      else decide();
    },
  };
}
