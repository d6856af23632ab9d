// A lever's value as people say it.

import { decimal, t } from "./texts.js";

const SHARES = new Set(["share"]);

export function leverValue(lever, value) {
  if (SHARES.has(lever.unit)) return t("unit.share", { n: decimal(100 * value, 0) });
  return t(`unit.${lever.unit}`, { n: decimal(value, 2) });
}
