/** Where in a configuration something is, as people write it: `models.fast.targets[1]`. */
export type Path = readonly (string | number)[];

/** Whether a printed path is that of something inside `path`. */
export function isInside(place: string, path: Path): boolean {
  const start = printPath(path);
  return place.startsWith(`${start}.`) || place.startsWith(`${start}[`);
}

/** Names that a dot would make ambiguous are quoted: `models["gpt-4.1"].targets[0]`. */
export function printPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (step === "" || /[.[\]"'\s]/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
