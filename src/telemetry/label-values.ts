import { OTHER } from "./tally.ts";

/** Values of one label that clients or configurations choose; further ones are shown as `other`. */
export const MAX_LABEL_VALUES = 200;
const MAX_LABEL_CHARS = 128;

/** Passes the first values through and turns those beyond the bound into `other`. */
export function boundedLabel(maxValues = MAX_LABEL_VALUES): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= maxValues || value.length > MAX_LABEL_CHARS) return OTHER;
    known.add(value);
    return value;
  };
}
