// Where actors stand on the map: around the point of their commune, pushed apart so that none hides another.

const GOLDEN = Math.PI * (3 - Math.sqrt(5)), APART = 250, ROUNDS = 60;

/** Places [x, y] in map units, the same for the same cast. */
export function placed(ground, actors) {
  const met = new Map();
  const places = actors.map((actor) => {
    const [x, y] = ground.points[actor.commune];
    const number = met.get(actor.commune) ?? 0;
    met.set(actor.commune, number + 1);
    const away = 80 * Math.sqrt(number), angle = number * GOLDEN;
    return [x + away * Math.cos(angle), y + away * Math.sin(angle)];
  });
  for (let round = 0; round < ROUNDS; round++) pushApart(places);
  return places;
}

function pushApart(places) {
  for (let i = 0; i < places.length; i++) {
    for (let j = i + 1; j < places.length; j++) {
      const dx = places[j][0] - places[i][0], dy = places[j][1] - places[i][1];
      const away = Math.hypot(dx, dy);
      if (away >= APART) continue;
      const push = (0.25 * (APART - away)) / (away || 1);
      const [px, py] = away ? [dx * push, dy * push] : [0.25 * APART, 0];
      places[i][0] -= px;
      places[i][1] -= py;
      places[j][0] += px;
      places[j][1] += py;
    }
  }
}
