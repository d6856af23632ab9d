// Le hasard: thirty draws one by one, then the band.

import { Chart, niceStep } from "../chart.js";
import { Drawing, em, h, say } from "../dom.js";
import { COLOUR, FAINT, INK, QUIET } from "../palette.js";
import { band, luck } from "../telling.js";
import { decimal, either, t } from "../texts.js";

export function make(ctx) {
  const dumbbells = new Drawing(t("luck.draws"), draw);
  const chart = new Chart(t("luck.band"));
  const told = h("p", { class: "telling", role: "status" });
  const names = h("p", { class: "legend" });
  const left = h("section", { class: "world", "aria-label": t("luck.draws") }, h("h2", {}, t("luck.draws")), dumbbells.node);
  const right = h("section", { class: "world", "aria-label": t("luck.band") }, h("h2", {}, t("luck.band")), chart.node);
  const node = h("div", { class: "scene luck" }, h("div", { class: "halves" }, left, right), names, told);

  function draw(context, width, height) {
    if (!ctx.draws) return;
    const size = em(), [a, b] = ctx.draws.finals, shown = ctx.state.draws.shown;
    const highest = Math.max(5, ...a, ...b), step = niceStep(highest), top = step * Math.ceil(highest / step);
    const box = { left: 2.4 * size, right: width - size, top: 2.2 * size, bottom: height - 2.2 * size };
    const x = (place) => box.left + ((box.right - box.left) * (place + 0.5)) / a.length;
    const y = (value) => box.bottom - ((box.bottom - box.top) * value) / top;
    context.font = `${size}px system-ui, sans-serif`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let value = 0; value <= top; value += step) {
      context.strokeStyle = FAINT;
      context.beginPath();
      context.moveTo(box.left, y(value));
      context.lineTo(box.right, y(value));
      context.stroke();
      context.fillStyle = QUIET;
      context.fillText(decimal(value), box.left - 0.4 * size, y(value));
    }
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.fillText(t("chart.emerged"), 0, 0.95 * size);
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillText(t("luck.axis"), (box.left + box.right) / 2, box.bottom + 0.9 * size);
    for (let place = 0; place < shown; place++) {
      const at = x(place), radius = Math.min(0.5 * size, 0.36 * (x(1) - x(0)));
      context.strokeStyle = b[place] > a[place] ? COLOUR.b : a[place] > b[place] ? COLOUR.a : INK;
      context.lineWidth = 3;
      context.setLineDash(b[place] > a[place] ? [5, 4] : []);
      context.beginPath();
      context.moveTo(at, y(a[place]));
      context.lineTo(at, y(b[place]));
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = COLOUR.a;
      context.beginPath();
      context.arc(at, y(a[place]), radius, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = "#ffffff";
      context.strokeStyle = COLOUR.b;
      context.beginPath();
      context.arc(at, y(b[place]), radius * 0.8, 0, 2 * Math.PI);
      if (a[place] !== b[place]) context.fill();
      context.stroke();
    }
  }

  return {
    node,
    update() {
      const { shown, band: asked } = ctx.state.draws;
      dumbbells.ask();
      names.replaceChildren(h("span", {}, "● ", h("b", { class: "ink-a" }, "A"), " ", either(ctx.state.setting.name_a)), h("span", {}, "○ ", h("b", { class: "ink-b" }, "B"), " ", either(ctx.state.setting.name_b)));
      const ready = asked && ctx.band;
      right.classList.toggle("veiled", !ready);
      if (ready) {
        const [a, b] = ctx.band.curves, months = a[0].length - 1;
        chart.show({ curves: { a: a[1], b: b[1] }, band: { a, b }, month: months, months });
      }
      if (!ctx.draws) say(told, t("waiting"));
      else if (ready) say(told, `${luck(ctx.draws.finals, shown || 30)} ${band(ctx.band)}`);
      else say(told, shown ? luck(ctx.draws.finals, shown) : t(ctx.cast.parameters === "by_hand" ? "luck.begin" : "luck.begin_drawn"));
    },
    close: () => [dumbbells, chart].forEach((one) => one.close()),
  };
}
