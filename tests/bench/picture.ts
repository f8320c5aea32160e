/** Curves on logarithmic axes, as SVG that can be read on light and dark pages. */

/** Something that grows. */
export interface Curve {
  name: string;
  points: [number, number][];
}

const [WIDTH, HEIGHT] = [640, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 132, 16, 44];

/** Dashes tell the curves apart. */
const STROKES = ["", "8 4", "2 3", "10 3 2 3", "1 6"];

/** Draws the curves; all have the same unit of x. */
export function picture(curves: Curve[]): string {
  const all = curves.flatMap(({ points }) => points);
  const xs = decades(all.map(([x]) => x));
  const ys = decades(all.map(([, y]) => y));
  const place = (value: number, [low, high]: [number, number], from: number, to: number): number =>
    from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  const x = (value: number): number => place(value, xs, LEFT, WIDTH - RIGHT);
  const y = (value: number): number => place(value, ys, HEIGHT - BOTTOM, TOP);
  const grid = [
    ...steps(xs).map((at) => {
      const words = at.toLocaleString("en");
      return `<path class="grid" d="M${f(x(at))} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${f(x(at))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${words}</text>`;
    }),
    ...steps(ys).map((at) => {
      return `<path class="grid" d="M${LEFT} ${f(y(at))}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${f(y(at) + 4)}" text-anchor="end">${at.toLocaleString("en", { maximumFractionDigits: 3 })}</text>`;
    }),
  ];
  const ends = apart(curves.map(({ points }) => y(points.at(-1)?.[1] ?? 1)));
  const lines = curves.map(({ name, points }, at) => {
    const path = points.map(([px, py], nth) => `${nth === 0 ? "M" : "L"}${f(x(px))} ${f(y(py))}`).join("");
    const dots = points.map(([px, py]) => `<circle cx="${f(x(px))}" cy="${f(y(py))}" r="3"/>`).join("");
    return `<g class="curve"><path stroke-dasharray="${STROKES[at % STROKES.length]}" d="${path}"/>${dots}<text x="${WIDTH - RIGHT + 10}" y="${f((ends[at] ?? 0) + 4)}">${name}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time in milliseconds and memory in MiB, by number of users">
<style>
  text { font: 12px sans-serif; fill: #1f2328; }
  .grid { stroke: #8886; fill: none; }
  .curve path { stroke: #0b5fa5; stroke-width: 2; fill: none; }
  .curve circle { fill: #0b5fa5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .curve path { stroke: #6cb6ff; }
    .curve circle { fill: #6cb6ff; }
  }
</style>
${[...grid, ...lines].join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">users</text>
<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">ms; memory: MiB</text>
</svg>
`;
}

/** The powers of ten around the values. */
function decades(values: number[]): [number, number] {
  return [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
}

function steps([low, high]: [number, number]): number[] {
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
}

/** Heights of labels, so far from each other that all can be read. */
function apart(heights: number[]): number[] {
  const order = heights.map((height, at) => ({ height, at })).toSorted((one, other) => one.height - other.height);
  let last = Number.NEGATIVE_INFINITY;
  const moved = [...heights];
  for (const { height, at } of order) {
    last = Math.max(height, last + 15);
    moved[at] = last;
  }
  return moved;
}

function f(value: number): string {
  return value.toFixed(1);
}
