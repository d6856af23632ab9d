// What the facilitator has just asked for, though the server may not have said so yet: a second quick press goes on from it.

const SETTLED = 600;
const asked = new Map();

/** What was just asked of a kind, or else what the server last said. */
export function ahead(kind, said) {
  const last = asked.get(kind);
  return last && performance.now() < last.until ? last.value : said;
}

/** Remembers what is asked, and gives it back. */
export function ask(kind, value) {
  asked.set(kind, { value, until: performance.now() + SETTLED });
  return value;
}

/** Asks for a number some steps further, from 0 to the last. */
export function step(kind, said, steps, last) {
  return ask(kind, Math.max(0, Math.min(last, ahead(kind, said) + steps)));
}

/** What was asked counts no more. */
export function forget(kind) {
  asked.delete(kind);
}
