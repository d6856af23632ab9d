// The chart: emerged projects through the years in A and B, the former run as a ghost, the band of many draws, the bets.

import { Drawing, em } from "./dom.js";
import { COLOUR, DASH, FAINT, GHOST, INK, QUIET } from "./palette.js";
import { decimal, t } from "./texts.js";

/** A step for about five ticks. */
export function niceStep(highest) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => highest / step <= 6) ?? 1000;
}

export class Chart {
  constructor(label) {
    this.shown = { curves: {}, ghost: null, band: null, bets: [], month: 0, months: 120 };
    this.drawing = new Drawing(label, (context, width, height) => this.draw(context, width, height));
    this.node = this.drawing.node;
  }

  /** curves {a, b}, ghost: numbers by month; band: {a, b: [low, middle, high]}; bets: numbers; month: where they end. */
  show(what) {
    Object.assign(this.shown, what);
    this.drawing.ask();
  }

  close() {
    this.drawing.close();
  }

  draw(context, width, height) {
    const { curves, ghost, band, bets, month, months } = this.shown, size = em();
    const every = [...Object.values(curves), ghost ?? [], ...Object.values(band ?? {}).flat()].flat();
    const curved = Math.max(5, ...every);
    const highest = Math.max(curved, ...bets.filter((bet) => bet <= 1.4 * curved));
    const step = niceStep(highest), top = step * Math.ceil(highest / step + 0.15);
    const below = bets.length ? 3.5 : 2.1;
    const box = { left: 2.4 * size, right: width - 5 * size, top: 2.2 * size, bottom: height - below * size };
    const x = (at) => box.left + ((box.right - box.left) * at) / months;
    const y = (value) => box.bottom - ((box.bottom - box.top) * value) / top;
    this.drawAxes(context, box, x, y, step, top, size);
    for (const [letter, [low, , high]] of Object.entries(band ?? {})) this.drawBand(context, letter, low, high, x, y);
    if (ghost) this.drawLine(context, ghost, months, x, y, GHOST, [3, 5], 3);
    const ends = [];
    for (const [letter, values] of Object.entries(curves)) {
      this.drawLine(context, values, month, x, y, COLOUR[letter], DASH[letter], 4.5);
      const value = values[Math.floor(month)];
      ends.push({ letter, value, y: y(value) });
    }
    this.drawEnds(context, ends, x(month), size);
    if (bets.length) this.drawBets(context, bets, box, y, top, size);
  }

  drawAxes(context, box, x, y, step, top, size) {
    context.font = `${size}px system-ui, sans-serif`;
    context.fillStyle = QUIET;
    context.strokeStyle = FAINT;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let value = 0; value <= top; value += step) {
      context.beginPath();
      context.moveTo(box.left, y(value));
      context.lineTo(box.right, y(value));
      context.stroke();
      context.fillText(decimal(value), box.left - 0.4 * size, y(value));
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const every = this.shown.months > 120 || box.right - box.left < 22 * size ? 2 : 1;
    for (let year = 0; year <= this.shown.months / 12; year += every) {
      context.fillText(String(year), x(12 * year), box.bottom + 0.3 * size);
    }
    context.textAlign = "left";
    context.fillText(t("chart.years"), box.right + size, box.bottom + 0.3 * size);
    context.textBaseline = "alphabetic";
    context.fillText(t("chart.emerged"), 0, 0.95 * size);
  }

  drawBand(context, letter, low, high, x, y) {
    context.beginPath();
    high.forEach((value, month) => context.lineTo(x(month), y(value)));
    [...low].reverse().forEach((value, back) => context.lineTo(x(low.length - 1 - back), y(value)));
    context.closePath();
    context.globalAlpha = 0.18;
    context.fillStyle = COLOUR[letter];
    context.fill();
    context.globalAlpha = 1;
    for (const edge of [low, high]) this.drawLine(context, edge, edge.length - 1, x, y, COLOUR[letter], letter === "a" ? [] : [4, 4], 1.4);
  }

  drawLine(context, values, month, x, y, colour, dash, width) {
    context.beginPath();
    const last = Math.floor(month);
    for (let at = 0; at <= last && at < values.length; at++) {
      if (at) context.lineTo(x(at), y(values[at - 1]));
      context.lineTo(x(at), y(values[at]));
    }
    if (month > last && last < values.length) context.lineTo(x(month), y(values[last]));
    context.setLineDash(dash);
    context.lineJoin = "round";
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  /** Letter and value at the end of each curve, kept apart. */
  drawEnds(context, ends, x, size) {
    ends.sort((one, other) => one.y - other.y);
    ends.forEach((end, place) => {
      const above = ends[place - 1];
      if (above && end.y - above.y < 1.5 * size) end.y = above.y + 1.5 * size;
    });
    context.font = `700 ${1.35 * size}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 0.35 * size;
    context.strokeStyle = "#ffffff";
    for (const { letter, value, y } of ends) {
      const written = `${letter.toUpperCase()} ${decimal(value)}`;
      context.strokeText(written, x + 0.5 * size, y);
      context.fillStyle = COLOUR[letter];
      context.fillText(written, x + 0.5 * size, y);
    }
    context.textBaseline = "alphabetic";
  }

  /** The bets of the room on the last year, and what their mark means; those beyond the chart heap up at its top, as triangles. */
  drawBets(context, bets, { left, right, bottom }, y, top, size) {
    const mark = (at, height, beyond = false) => {
      context.beginPath();
      if (beyond) [[0, -0.34], [0.32, 0.22], [-0.32, 0.22]].forEach(([across, down]) => context.lineTo(at + across * size, height + down * size));
      else context.arc(at, height, 0.24 * size, 0, 2 * Math.PI);
      context.closePath();
      context.fillStyle = "#ffffff";
      context.strokeStyle = INK;
      context.lineWidth = 1.6;
      context.fill();
      context.stroke();
    };
    const met = new Map();
    for (const given of bets) {
      const bet = Math.min(given, top), number = met.get(bet) ?? 0;
      met.set(bet, number + 1);
      mark(right - 0.6 * size * (number + 0.5), y(bet), given > top);
    }
    mark(left + 0.3 * size, bottom + 2.3 * size);
    context.font = `${size}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = QUIET;
    context.fillText(t("chart.bets"), left + 0.9 * size, bottom + 2.3 * size);
    if (bets.some((bet) => bet > top)) {
      const after = left + 2.2 * size + context.measureText(t("chart.bets")).width;
      context.fillText(t("chart.beyond", { top: decimal(top) }), after + 0.6 * size, bottom + 2.3 * size);
      mark(after, bottom + 2.3 * size, true);
    }
    context.textBaseline = "alphabetic";
  }
}
