/** Lists and names with values as one writes them into a field, and back. */

export function listText(list: readonly string[] | null): string {
  return (list ?? []).join(", ");
}

/** Null for nothing: the setting is taken away. */
export function readList(text: string): string[] | null {
  const parts = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return parts.length === 0 ? null : parts;
}

export function tagsText(tags: Readonly<Record<string, string>> | null): string {
  return Object.entries(tags ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** Throws for what is no `name=value`. */
export function readTags(text: string): Record<string, string> | null {
  const parts = readList(text);
  if (!parts) return null;
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf("=");
      if (at < 1) throw new Error(`“${part}” is no tag: write name=value, with commas between.`);
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
}
