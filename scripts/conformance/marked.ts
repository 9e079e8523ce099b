/** Parts of docs/conformance.md that are written by programs, between marks that name them. */
const FILE = `${import.meta.dir}/../../docs/conformance.md`;

export async function writeMarked(name: string, text: string): Promise<void> {
  const page = await Bun.file(FILE).text();
  await Bun.write(FILE, withMarked(page, name, text));
}

/** The part between the marks, without white space around it. */
export function markedPart(page: string, name: string): string {
  const [, after = ""] = page.split(startOf(name));
  return (after.split(endOf(name))[0] ?? "").trim();
}

export async function readMarked(name: string): Promise<string> {
  return markedPart(await Bun.file(FILE).text(), name);
}

function withMarked(page: string, name: string, text: string): string {
  const start = page.indexOf(startOf(name));
  const end = page.indexOf(endOf(name));
  if (start < 0 || end < start) throw new Error(`docs/conformance.md has no marks for "${name}".`);
  return `${page.slice(0, start)}${startOf(name)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

function startOf(name: string): string {
  return `<!-- ${name}: written by a program -->`;
}

function endOf(name: string): string {
  return `<!-- /${name} -->`;
}
