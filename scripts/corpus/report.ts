/** The result of a replay as text for people. */
export interface Row {
  name: string;
  group: string;
  faults: string[];
}

/** Recordings that are not reproduced, on purpose or because it cannot be done. */
const REASONS: Readonly<Record<string, string>> = {
  "vertex/quotes-escaped-stream":
    "the recording ends without a finish reason; the gateway takes such an end for a cut, because Gemini's own streams end with one",
  "_client_requests/chat-22.json":
    "it names no model (Azure's clients have the deployment in the path): the gateway finds the target by the model and answers 400",
  "_client_requests/chat-00.json elsewhere":
    "it ends with a begun answer, which Cohere refuses (`command-a`); the other dialects go on with it",
  "_client_requests/messages-06.json elsewhere":
    "its image is at an address in the internet, which providers that take no addresses need fetched: this machine cannot reach it",
};

export function reasonFor(name: string): string | undefined {
  return REASONS[name];
}

export function reportOf(rows: readonly Row[], elsewhere: ReadonlyMap<string, number>): string {
  const groups = Map.groupBy(rows, ({ group }) => group);
  const lines = ["| recordings of | right | of |", "|---|--:|--:|"];
  for (const [group, members] of groups)
    lines.push(`| ${group} | ${members.filter(({ faults }) => faults.length === 0).length} | ${members.length} |`);
  const right = rows.filter(({ faults }) => faults.length === 0).length;
  lines.push(`| **all** | **${right}** | **${rows.length}** |`, "");
  const wrong = rows.filter(({ faults }) => faults.length > 0);
  lines.push(wrong.length === 0 ? "All of them are right." : "Not right:", "");
  for (const { name, faults } of wrong) lines.push(`- \`${name}\`: ${reasonFor(name) ?? faults[0]}`);
  if (wrong.length > 0) lines.push("");
  const others = [...elsewhere].toSorted().map(([api, count]) => `${api} (${count})`);
  if (others.length > 0) lines.push(`Not replayed, because no upstream is asked by these APIs: ${others.join(", ")}.`);
  return lines.join("\n");
}
