// What a scene says in words: the sentence beneath it, for those at the back and those who do not see the canvas.

import { count, date, decimal, duration, money, opening, signed, t } from "./texts.js";

/** Both worlds at a month. */
export function compared(a, b, month) {
  const now = Math.floor(month);
  if (now === 0) return t("telling.start");
  const values = { date: opening(date(now)), a: count("noun.emerged", a.emerged[now]), b: decimal(b.emerged[now]) };
  const key = { "-1": "less", 0: "same", 1: "more" }[Math.sign(b.emerged[now] - a.emerged[now])];
  const called = b.projects.filter((one) => one.awarded !== null && one.awarded >= 0 && one.awarded < now).length;
  const helped = called ? ` ${t("telling.helped", { projects: count("noun.project", called) })}` : "";
  return t(`telling.${key}`, values) + helped;
}

/** The median. */
export function middle(values) {
  const sorted = [...values].sort((one, other) => one - other), half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** What the room bet against what both worlds gave. */
export function bets(given, a, b) {
  if (!given.length) return "";
  return t("telling.bets", {
    bets: count("noun.bet", given.length), middle: decimal(middle(given)), a: decimal(a.emerged.at(-1)), b: decimal(b.emerged.at(-1)),
  });
}

function mean(values) {
  return decimal(values.reduce((sum, value) => sum + value, 0) / values.length, 1);
}

/** The last change of the levers: in this draw, then on average of several. */
export function changed(ghost, b, draws) {
  if (!ghost) return t("telling.unchanged");
  const difference = b.emerged.at(-1) - ghost.at(-1);
  const key = difference > 0 ? "change_more" : difference < 0 ? "change_less" : "change_same";
  const here = t(`telling.${key}`, {
    before: decimal(ghost.at(-1)), now: decimal(b.emerged.at(-1)), difference: signed(difference), seed: t("telling.one_luck"),
  });
  if (!draws?.before) return here;
  return `${here} ${t("telling.on_average", { draws: draws.count, before: mean(draws.before), now: mean(draws.finals[1]) })}`;
}

/** How often B beats A among the draws shown. */
export function luck(finals, shown) {
  const [a, b] = finals.map((values) => values.slice(0, shown));
  const more = b.filter((value, place) => value > a[place]).length;
  const less = b.filter((value, place) => value < a[place]).length;
  return t("telling.luck", { more, less, same: shown - more - less, draws: count("noun.draw", shown) });
}

/** The band of many draws. */
export function band({ curves, finals, count: draws }) {
  const [a, b] = curves.map(([low, , high]) => t("telling.range", { low: decimal(low.at(-1), 0), high: decimal(high.at(-1), 0) }));
  const [middle_a, middle_b] = curves.map(([, half]) => decimal(half.at(-1)));
  return t("telling.band", { draws, a, b, middle_a, middle_b, mean_a: mean(finals[0]), mean_b: mean(finals[1]) });
}

/** Public money in both worlds, on average. */
export function spent(band) {
  return t("telling.money", { a: money(band.money[0]), b: money(band.money[1]), draws: band.count });
}

/** The life of a project in one world. */
export function life(project, months) {
  if (!project) return t("telling.no_life");
  const steps = [["born", project.stages[0]], ["collective", project.stages[1]], ["structured", project.stages[2]], ["emerged", project.stages[3]]];
  const told = steps.filter(([, month]) => month !== null && month < months)
    .map(([step, month]) => t(`telling.life.${step}`, { date: month < 0 ? t("date.before") : date(month) }));
  if (project.awarded !== null && project.awarded >= 0 && project.awarded < months) told.push(t("telling.life.awarded", { date: date(project.awarded), amount: money(project.grant) }));
  if (project.ended !== null && project.ended < months) told.push(t("telling.life.ended", { date: date(project.ended), reason: t(`reason.${project.reason}`) }));
  return told.join(" ");
}

/** The fate of a project, how long it gained, and what it becomes once the scheme has been off for so many months. */
export function fate({ fate: what, later, a, b }, after) {
  const gained = a && b && a.stages[3] !== null && b.stages[3] !== null ? duration(Math.abs(a.stages[3] - b.stages[3])) : "";
  const said = t(`fate.${what}.said`, { gained });
  return later === what ? said : `${said} ${t("fate.later", { time: duration(after), fate: t(`fate.${later}.title`) })}`;
}
