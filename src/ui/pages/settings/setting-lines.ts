/** A configuration as lines of `path = value`, so that it can be read and searched. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface SettingLine {
  /** As in faults: `models.fast.targets[0]`. */
  path: string;
  value: string;
}

/** Leaves in their order; lists of plain values stay on one line. */
export function linesOf(value: Json, path = ""): SettingLine[] {
  if (Array.isArray(value)) {
    const plain = value.every((item) => item === null || typeof item !== "object");
    if (plain) return [{ path, value: JSON.stringify(value).replaceAll(",", ", ") }];
    return (value as readonly Json[]).flatMap((item, index) => linesOf(item, `${path}[${index}]`));
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value as { [name: string]: Json });
    if (entries.length === 0) return path === "" ? [] : [{ path, value: "{}" }];
    return entries.flatMap(([name, item]) => linesOf(item, path === "" ? name : `${path}${part(name)}`));
  }
  return [{ path, value: JSON.stringify(value) }];
}

function part(name: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(name) ? `.${name}` : `["${name}"]`;
}

/** Every word of the text is somewhere in the line. */
export function found(lines: readonly SettingLine[], text: string): SettingLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter(({ path, value }) => {
    const line = `${path} ${value}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
