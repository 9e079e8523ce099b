/** Settings as TypeScript source on one line. */

/** Secrets become `env("NAME")`. Takes plain data. */
export function printSetting(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printSetting).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "env") return `env(${JSON.stringify(only[1])})`;
  return `{ ${entries.map(([name, item]) => `${nameLiteral(name)}: ${printSetting(item)}`).join(", ")} }`;
}

export function nameLiteral(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
