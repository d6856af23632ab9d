// Building elements. What they show lives in the scenes.

/** An element with attributes, listeners ("onclick") and children; null and false children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces the children of an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
}

/** Sets a text only where it changes, so that a live region speaks only then. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Fills a list with the items that fit in its box: those that do not are taken away from the first; or from the last, and more(n) says how many. */
export function fillFitting(list, items, more = null) {
  fill(list, ...items);
  const rest = h("li", { "data-more": true });
  for (let taken = 1; list.children.length > 2 && (list.scrollHeight > list.clientHeight || list.scrollWidth > list.clientWidth); taken++) {
    if (!more) list.firstChild.remove();
    else {
      rest.remove();
      list.lastChild.remove();
      say(rest, more(taken));
      list.append(rest);
    }
  }
}

/** An SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A canvas that follows its box, drawn by draw(context, width, height) in CSS pixels when asked. */
export class Drawing {
  constructor(label, draw) {
    this.canvas = h("canvas", { role: "img", "aria-label": label });
    this.node = h("div", { class: "drawing" }, this.canvas);
    this.draw = draw;
    this.asked = false;
    this.leastRatio = 1;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.node);
  }

  resize() {
    const { width, height } = this.node.getBoundingClientRect();
    const ratio = Math.max(this.leastRatio, window.devicePixelRatio || 1);
    this.width = Math.max(1, Math.round(width));
    this.height = Math.max(1, Math.round(height));
    this.ratio = ratio;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.resized = true;
    this.ask();
  }

  /** Draws at the next frame, once however often it is asked. */
  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      if (!this.width) return;
      const context = this.canvas.getContext("2d");
      context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      context.clearRect(0, 0, this.width, this.height);
      this.draw(context, this.width, this.height, this);
      this.resized = false;
    });
  }

  close() {
    this.observer.disconnect();
  }
}

/** Size of the page's text in pixels: canvases write as large as the page. */
export function em() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}
