// Colours, dashes and shapes: A and B, what actors stand in, sectors. Never colour alone.

export const INK = "#222222", QUIET = "#555555", FAINT = "#D9D9D9", GHOST = "#767676", LAND = "#F6F6F3", BORDER = "#C4C4BE", EDGE = "#8A8A84";
export const COLOUR = { a: "#0072B2", b: "#D55E00" };
export const DASH = { a: [], b: [10, 6] };
export const STANDING = ["alone", "gathering", "structured", "emerged"];
export const STANDING_COLOUR = ["#CFCFCF", "#E69F00", "#56B4E9", "#009E73"];
export const STANDING_SIZE = [0.62, 0.9, 1.1, 1.35];

/** Adds the shape of an actor's sector to a path: square, disc, triangle. */
export function shape(path, sector, x, y, radius) {
  if (sector === "public") {
    const side = radius * 0.9;
    path.rect(x - side, y - side, 2 * side, 2 * side);
  } else if (sector === "private") {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  } else {
    const size = radius * 1.25;
    path.moveTo(x, y - size);
    path.lineTo(x + size, y + size * 0.8);
    path.lineTo(x - size, y + size * 0.8);
    path.closePath();
  }
}

/** The shape of a category of people, whose sectors keep theirs, as the "d" of an SVG path around (12, 12). */
export function shapeData(sector, radius = 9) {
  const c = 12, r = radius;
  if (sector === "public") return `M${c - r * 0.9} ${c - r * 0.9}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
  if (sector === "private") return `M${c - r} ${c}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  if (sector === "civil") return `M${c} ${c - r}L${c + r} ${c + r * 0.8}H${c - r}z`;
  if (sector === "officer") return `M${c} ${c - r}L${c + r} ${c}L${c} ${c + r}L${c - r} ${c}z`;
  const w = r * 0.36;
  return `M${c - w} ${c - r}h${2 * w}v${r - w}h${r - w}v${2 * w}h${w - r}v${r - w}h${-2 * w}v${w - r}h${w - r}v${-2 * w}h${r - w}z`;
}
