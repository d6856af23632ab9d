// What the projector, the facilitator's page and the page taken home share: the scene of the moment, its clock, its worlds.

import { fill, h, say } from "./dom.js";
import { Playhead } from "./playhead.js";
import * as bet from "./scenes/bet.js";
import * as compare from "./scenes/compare.js";
import * as debrief from "./scenes/debrief.js";
import * as fates from "./scenes/fates.js";
import * as levers from "./scenes/levers.js";
import * as luck from "./scenes/luck.js";
import * as play from "./scenes/play.js";
import * as prepare from "./scenes/prepare.js";
import * as takeaway from "./scenes/takeaway.js";
import * as territory from "./scenes/territory.js";
import * as welcome from "./scenes/welcome.js";
import { screenName, t } from "./texts.js";
import { World } from "./worlds.js";

export const SCENES = { prepare, welcome, territory, bet, compare, levers, play, luck, fates, debrief, takeaway };
export const SCREENS = Object.keys(SCENES);
const LEVERS_PACE = 40;
const NOTHING_PLAYED = { cast: null, a: null, b: null, ghost: null, fates: null, draws: null, band: null, costs: null, game: null };

export class Viewer {
  /** root: where to draw; role; ground; send(type, values): what the facilitator orders. */
  constructor(root, role, ground, send) {
    Object.assign(this, { role, ground, send, state: null, scene: null }, NOTHING_PLAYED);
    this.playhead = new Playhead((month) => this.scene?.tick?.(month), () => this.finish());
    this.title = h("h1", { tabindex: "-1" });
    this.status = h("p", { class: "status", role: "alert" });
    this.place = h("div", { class: "place" });
    this.notice = h("span", {});
    const foot = h("footer", {}, h("p", {}, t("not_a_forecast_short"), " ", this.notice), h("p", {}, ground.attribution));
    this.node = h("main", { class: "viewer" }, h("header", {}, this.title, this.status), this.place, foot);
    fill(root, this.node);
    addEventListener("resize", () => this.update("all"));  // lists hold what fits
  }

  /** Takes a message of the server, or of the page taken home. */
  receive(message) {
    if (message.type === "state") this.takeState(message.state);
    else if (message.type === "cleared") {
      Object.assign(this, NOTHING_PLAYED);
      if (this.state) this.open(this.state.screen);
    } else if (message.type === "cast") {
      this.cast = message;
      say(this.notice, t(`parameters.${message.parameters}`));
    } else if (message.type === "worlds") {
      Object.assign(this, { a: new World(message.a), b: new World(message.b), ghost: message.ghost, fates: message.fates, after: message.after, draws: null, band: null, costs: null });
      if (this.state) this.rest();
    } else if (message.type === "game") this.game = new World(message);
    else if (message.type === "costs") this.costs = message.costs;
    else if (["draws", "band", "room"].includes(message.type)) this[message.type] = message;
    else return;
    this.update(message.type);
  }

  takeState(state) {
    const before = this.state;
    this.state = state;
    this.tell(state.trouble?.fr ? t("link.not_played") : "");
    if (before?.screen !== state.screen) this.open(state.screen);
    const last = 12 * state.setting.years;
    const ordered = JSON.stringify(state.clock) !== JSON.stringify(before?.clock);
    if (ordered || before?.screen !== state.screen) {
      this.playhead.set(state.clock, last);
      this.rest();
    }
    if (before && before.replays !== state.replays && state.screen === "levers") this.sweep();
  }

  /** Levers: the new run is seen whole and at once; it is drawn again over the ghost of the former when asked. */
  rest() {
    const { screen, clock, setting } = this.state, last = 12 * setting.years;
    if (screen === "levers" && !clock.playing) this.playhead.set({ ...clock, month: last }, last);
  }

  /** Draws the run over the ghost of the former, quickly. */
  sweep() {
    const last = 12 * this.state.setting.years;
    this.playhead.set({ month: 0, playing: false, pace: LEVERS_PACE }, last);
    this.playhead.set({ month: 0, playing: true, pace: LEVERS_PACE }, last);
  }

  open(screen) {
    this.scene?.close?.();
    this.scene = null;
    say(this.title, screenName(screen, this.state));
    this.node.dataset.screen = screen;
    this.scene = SCENES[screen].make(this);
    fill(this.place, this.scene.node);
    this.scene.update("all");
  }

  update(kind) {
    if (this.scene && this.state) this.scene.update(kind);
  }

  /** The last month is reached: the facilitator's page says so to all. */
  finish() {
    if (this.state.clock.playing && this.role === "facilitator") this.send("clock", { ...this.state.clock, month: this.playhead.last, playing: false });
  }

  /** Shows whether the connection holds, and whether there are worlds to show. */
  tell(text) {
    say(this.status, text);
  }
}
