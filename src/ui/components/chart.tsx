/** Lines over time, by uPlot. What is drawn can also be read: as a sentence, and as a table for who asks for it. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { dateTime } from "../format.ts";
import { onThemeChange } from "../theme.ts";

export interface Series {
  label: string;
  /** One for each time; null leaves a gap. */
  values: readonly (number | null)[];
  /** One of the chart colours of tokens.css, 1 to 6. */
  colour: 1 | 2 | 3 | 4 | 5 | 6;
  /** Filled down to zero. */
  filled?: boolean;
  dashed?: boolean;
  /** The line that the others are compared with. */
  thick?: boolean;
}

export interface ChartProps {
  /** What is to be seen, in a sentence: the chart's name for readers of the screen. */
  label: string;
  /** Epoch milliseconds, ascending. */
  times: readonly number[];
  series: readonly Series[];
  /** Writes a value, on the axis and in the legend. */
  format(value: number): string;
  heightPx?: number;
  /** Bottom and top of the axis where they shall not follow the values. */
  range?: readonly [min: number, max: number];
}

const HEIGHT_PX = 180;
const AXIS_PX = 52;

export function Chart(props: ChartProps) {
  const { label, times, series, format, heightPx = HEIGHT_PX } = props;
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot | undefined>(undefined);
  const shape = JSON.stringify([
    heightPx,
    series.map(({ label, colour, filled, dashed, thick }) => [label, colour, filled, dashed, thick]),
  ]);
  // Drawn anew only where the lines themselves are others.
  useEffect(() => {
    const target = box.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(target, latest), dataOf(latest.current), target);
    };
    draw();
    const size = new ResizeObserver(() => plot.current?.setSize({ width: target.clientWidth, height: heightPx }));
    size.observe(target);
    const stop = onThemeChange(draw);
    return () => {
      size.disconnect();
      stop();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf({ ...latest.current, times, series })), [times, series]);
  return (
    <figure class="chart">
      <div ref={box} role="img" aria-label={label} />
      <details class="chart-table">
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
        <section class="table-scroll tall" aria-label={label} tabIndex={0}>
          <table class="data-table">
            <caption class="visually-hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map((one) => (
                  <th key={one.label} scope="col" class="numeric">
                    {one.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, index) => (
                <tr key={time}>
                  <td data-label="Time">{dateTime(time)}</td>
                  {series.map((one) => (
                    <td key={one.label} class="numeric" data-label={one.label}>
                      {shown(one.values[index], format)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

function shown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

function dataOf({ times, series }: ChartProps): uPlot.AlignedData {
  return [times.map((ms) => ms / 1_000), ...series.map(({ values }) => [...values])];
}

/** @param latest is read again whenever the axis is: its range may follow the values. */
function optionsOf(target: HTMLElement, latest: { readonly current: ChartProps }): uPlot.Options {
  const { series, format, heightPx = HEIGHT_PX } = latest.current;
  const style = getComputedStyle(target);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: target.clientWidth || 320,
    height: heightPx,
    padding: [8, 18, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { live: true },
    scales: { y: { range: (_, __, max) => [...(latest.current.range ?? [0, max > 0 ? max * 1.1 : 1])] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, gap: 4, incrs: APART_S, values: (_, splits) => timeLabels(splits) },
      { ...axis, size: AXIS_PX, gap: 6, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: "Time", value: (_, seconds) => (seconds === null ? "" : dateTime(seconds * 1_000)) },
      ...series.map(({ label, colour: number, filled, dashed, thick }) => ({
        label,
        stroke: colour(`--chart-${number}`),
        width: thick ? 3 : 1.5,
        ...(filled && { fill: colour(`--chart-${number}-fill`) }),
        ...(dashed && { dash: [4, 4] }),
        // A value between gaps is no line: it is drawn as a point.
        points: { show: true, size: 5, filter: lonePoints },
        spanGaps: false,
        value: (_: uPlot, value: number | null) => shown(value, format),
      })),
    ],
  };
}

/** Seconds between two marks: no less than a minute, which is all that their labels tell. */
const APART_S = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 10_080, 20_160, 43_200].map(
  (minutes) => minutes * 60,
);

/** Hours and minutes; days where the marks lie a day or more apart. */
function timeLabels(splits: readonly number[]): string[] {
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((seconds) => {
    const date = new Date(seconds * 1_000);
    if (apart >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0))
      return date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  });
}

function lonePoints(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const isLone = (index: number) => values[index] != null && values[index - 1] == null && values[index + 1] == null;
  return Array.from(values, (_, index) => index).filter(isLone);
}
