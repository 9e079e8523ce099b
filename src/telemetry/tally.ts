/**
 * Counters that cost a few nanoseconds on the hot path: a call adds to a plain number, and the number is handed to the
 * Prometheus client when somebody reads it.
 */
import { Counter, type Registry } from "prom-client";

/** Series a family may have. What would be one more is counted in a series whose labels all say `other`. */
const MAX_SERIES = 5_000;

export const OTHER = "other";

export interface TallyCell {
  /** Not yet handed over. */
  pending: number;
}

/** The cell of one set of label values, in the order of the family's label names. From its making on it is shown, as 0 at first. */
export type Tally = (...values: string[]) => TallyCell;

export interface TallyOptions {
  name: string;
  help: string;
  labelNames: readonly string[];
  /** Factor from what is counted to what is shown; 1 when absent. */
  scale?: number;
}

export function createTally(registry: Registry, options: TallyOptions): Tally {
  const { name, help, labelNames, scale = 1 } = options;
  const cells = new Map<string, TallyCell & { shown: boolean; labels: Record<string, string> }>();
  const make = (id: string, values: readonly string[]) => {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? OTHER]));
    const cell = { pending: 0, shown: false, labels };
    cells.set(id, cell);
    return cell;
  };
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const cell of cells.values()) {
        if (cell.pending === 0 && cell.shown) continue;
        cell.shown = true;
        this.inc(cell.labels, cell.pending * scale);
        cell.pending = 0;
      }
    },
  });
  return (...values) => {
    const id = values.join("\n");
    const known = cells.get(id);
    if (known) return known;
    if (cells.size < MAX_SERIES) return make(id, values);
    return cells.get(OTHER) ?? make(OTHER, []);
  };
}
