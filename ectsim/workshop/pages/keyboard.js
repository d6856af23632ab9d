// The facilitator's keys: space plays, arrows step, Page Up and Page Down change the screen.

import { ahead, ask, forget, step } from "./ahead.js";
import { SCREENS } from "./viewer.js";

const WRITING = new Set(["INPUT", "SELECT", "TEXTAREA"]), PRESSING = new Set(["BUTTON", "A", "SUMMARY"]);
const PLAYED = new Set(["compare", "levers"]);

/** Does what a key asks, unless it is meant for the field or button that has the focus. */
export function press(event, viewer) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const tag = event.target.tagName;
  const turn = (steps) => viewer.send("show", { screen: SCREENS[step("screen", SCREENS.indexOf(viewer.state.screen), steps, SCREENS.length - 1)] });
  if (tag === "TEXTAREA") return;
  if (event.key === "PageDown") turn(1);
  else if (event.key === "PageUp") turn(-1);
  else if (WRITING.has(tag) || (PRESSING.has(tag) && [" ", "Enter"].includes(event.key))) return;
  else if (!act(event, viewer)) return;
  event.preventDefault();
}

function act(event, viewer) {
  const { screen } = viewer.state, forward = event.key === "ArrowRight" || event.key === " ";
  if (event.key !== "ArrowLeft" && !forward) return false;
  if (screen === "territory") stepLayers(viewer, forward ? 1 : -1);
  else if (screen === "luck") stepDraws(viewer, forward);
  else if (screen === "play" && event.key === " ") viewer.send("round");
  else if (PLAYED.has(screen)) stepClock(event, viewer);
  else return false;
  return true;
}

/** One layer of the territory more, or less. */
export function stepLayers(viewer, steps) {
  viewer.send("layers", { shown: step("layers", viewer.state.layers, steps, 3) });
}

/** Shows other draws than those of now, which the change is reckoned from. */
export function showDraws(viewer, change) {
  const now = ahead("draws", viewer.state.draws);
  viewer.send("draws", ask("draws", { ...now, ...change(now) }));
}

/** One draw more or less; the band after the last, and gone on the way back. */
function stepDraws(viewer, forward) {
  showDraws(viewer, ({ shown, band }) => forward && shown === 30 ? { band: true } : { shown: Math.max(0, Math.min(30, shown + (forward ? 1 : -1))), band: band && forward });
}

/** Plays or stops; or moves by a month, by a year with shift. */
export function stepClock(event, viewer) {
  if (event.key === " ") return playOrStop(viewer);
  const { playhead, state } = viewer, months = (event.shiftKey ? 12 : 1) * (event.key === "ArrowRight" ? 1 : -1);
  const month = step("month", Math.floor(playhead.month), months, playhead.last);
  viewer.send("clock", { month, playing: false, pace: state.clock.pace });
}

export function playOrStop(viewer) {
  const { playhead, state } = viewer, over = playhead.month >= playhead.last;
  forget("month");
  viewer.send("clock", { month: over ? 0 : Math.floor(playhead.month), playing: !playhead.playing, pace: state.clock.pace });
}
