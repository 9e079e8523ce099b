/** The trade-off as a picture: wrong hits to the right, true hits upwards; the upper left corner is the place to be. */
import type { Measured } from "./pairs.ts";
import { canonicalOnly, cosineOnly, ladder, on, onWithJudge, servedPercent, type Way } from "./rules.ts";

const WIDTH = 640;
const HEIGHT = 420;
const LEFT = 56;
const BOTTOM = 48;
const TOP = 24;
const RIGHT = 20;

export function curve(pairs: readonly Measured[]): string {
  const point = (way: Way) => ({ x: percent(pairs, false, way), y: percent(pairs, true, way) });
  const cosines = Array.from({ length: 61 }, (_, i) => 0.7 + i * 0.005).map((t) => point(cosineOnly(t)));
  const marks: [string, Way][] = [
    ["on", on],
    ["on + judge (2 % errors)", onWithJudge],
    ["canonical key", canonicalOnly],
    ["level 4, ≥ .90", ladder(4, 0.9)],
  ];
  const named = [0.8, 0.9, 0.95, 0.98].map((t) => ({ ...point(cosineOnly(t)), label: `cosine ${t}` }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>True hits against wrong hits</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid(),
    `<polyline fill="none" stroke="#b45309" stroke-width="2" points="${cosines.map(at).join(" ")}"/>`,
    ...named.map((p) => dot(p, p.label, "#b45309", "start", 14)),
    ...marks.map(([label, way], i) => dot(point(way), label, "#1d4ed8", "start", i === 2 ? 16 : 4)),
    "</svg>",
    "",
  ].join("\n");
}

interface Point {
  x: number;
  y: number;
}

function grid(): string[] {
  const lines: string[] = [];
  for (let value = 0; value <= 100; value += 20) {
    const [x, y] = at({ x: value, y: value }).split(",");
    lines.push(
      `<path d="M${LEFT} ${y}H${WIDTH - RIGHT}M${x} ${TOP}V${HEIGHT - BOTTOM}" stroke="#e5e7eb"/>`,
      `<text x="${LEFT - 8}" y="${Number(y) + 4}" text-anchor="end" fill="#374151">${value} %</text>`,
      `<text x="${x}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#374151">${value} %</text>`,
    );
  }
  lines.push(
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle" fill="#111827">wrong hits on near misses</text>`,
    `<text transform="translate(14 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle" fill="#111827">true hits on paraphrases</text>`,
  );
  return lines;
}

function dot(point: Point, label: string, colour: string, anchor: string, below: number): string {
  const [x, y] = at(point).split(",").map(Number) as [number, number];
  return `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/><text x="${x + 8}" y="${y + below}" text-anchor="${anchor}" fill="${colour}">${label}</text>`;
}

function at({ x, y }: Point): string {
  const px = LEFT + (x / 100) * (WIDTH - LEFT - RIGHT);
  const py = HEIGHT - BOTTOM - (y / 100) * (HEIGHT - BOTTOM - TOP);
  return `${px.toFixed(1)},${py.toFixed(1)}`;
}

function percent(pairs: readonly Measured[], same: boolean, way: Way): number {
  return (
    servedPercent(
      pairs.filter((pair) => pair.same === same),
      way,
    ) ?? 0
  );
}
