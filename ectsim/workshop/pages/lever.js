// A lever's value as people say it.

import { count, decimal, t } from "./texts.js";

const SHARES = new Set(["share"]);

export function leverValue(lever, value) {
  if (SHARES.has(lever.unit)) return t("unit.share", { n: decimal(100 * value, 0) });
  return count(`unit.${lever.unit}`, value);
}
