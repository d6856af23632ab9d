// The facilitator's keys: space plays, arrows step, Page Up and Page Down change the screen.

import { SCREENS } from "./viewer.js";

const WRITING = new Set(["INPUT", "SELECT", "TEXTAREA"]), PRESSING = new Set(["BUTTON", "A", "SUMMARY"]);
const PLAYED = new Set(["compare", "levers"]), SETTLED = 600;

/** Where the last arrow led: the next one goes on from there, though the server may not have said so yet. */
const stepped = { month: 0, until: 0 };

/** Does what a key asks, unless it is meant for the field or button that has the focus. */
export function press(event, viewer) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const tag = event.target.tagName, place = SCREENS.indexOf(viewer.state.screen);
  const show = (number) => SCREENS[number] && viewer.send("show", { screen: SCREENS[number] });
  if (tag === "TEXTAREA") return;
  if (event.key === "PageDown") show(place + 1);
  else if (event.key === "PageUp") show(place - 1);
  else if (WRITING.has(tag) || (PRESSING.has(tag) && [" ", "Enter"].includes(event.key))) return;
  else if (!act(event, viewer)) return;
  event.preventDefault();
}

function act(event, viewer) {
  const { screen, layers, draws } = viewer.state, forward = event.key === "ArrowRight" || event.key === " ";
  if (event.key !== "ArrowLeft" && !forward) return false;
  if (screen === "territory") viewer.send("layers", { shown: Math.max(0, Math.min(3, layers + (forward ? 1 : -1))) });
  else if (screen === "luck") stepDraws(viewer, draws, forward);
  else if (screen === "play" && event.key === " ") viewer.send("round");
  else if (PLAYED.has(screen)) stepClock(event, viewer);
  else return false;
  return true;
}

function stepDraws(viewer, { shown, band }, forward) {
  if (forward && shown === 30) viewer.send("draws", { shown, band: true });
  else viewer.send("draws", { shown: Math.max(0, Math.min(30, shown + (forward ? 1 : -1))), band: band && forward });
}

/** Plays or stops; or moves by a month, by a year with shift. */
export function stepClock(event, viewer) {
  if (event.key === " ") return playOrStop(viewer);
  const { playhead, state } = viewer, now = performance.now() < stepped.until ? stepped.month : Math.floor(playhead.month);
  const step = (event.shiftKey ? 12 : 1) * (event.key === "ArrowRight" ? 1 : -1);
  const month = Math.max(0, Math.min(playhead.last, now + step));
  Object.assign(stepped, { month, until: performance.now() + SETTLED });
  viewer.send("clock", { month, playing: false, pace: state.clock.pace });
}

export function playOrStop(viewer) {
  const { playhead, state } = viewer, over = playhead.month >= playhead.last;
  stepped.until = 0;
  viewer.send("clock", { month: over ? 0 : Math.floor(playhead.month), playing: !playhead.playing, pace: state.clock.pace });
}
