/** Models in Gemini's shape. */
import { GatewayError } from "../../canonical/errors.ts";
import type { ModelEntry } from "../ports.ts";

/** The names of models are their page tokens: the next page begins after that one. */
export function geminiPage(models: readonly ModelEntry[], query: URLSearchParams): unknown {
  const size = pageSize(query.get("pageSize"), models.length || 1);
  const token = query.get("pageToken");
  const start = token === null || token === "" ? 0 : models.findIndex(({ id }) => id === token) + 1;
  const page = models.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + page.length < models.length;
  return { models: page.map(geminiModel), ...(more && { nextPageToken: last.id }) };
}

export function geminiModel({ id }: ModelEntry): unknown {
  return { name: `models/${id}`, displayName: id, supportedGenerationMethods: ["generateContent"] };
}

/** More than there are is all there are, as with Google; 0 is its word for the default. */
function pageSize(text: string | null, all: number): number {
  if (text === null || text === "" || text === "0") return all;
  if (!/^[0-9]{1,9}$/.test(text))
    throw new GatewayError("invalid_request", "pageSize must be a whole number.", { param: "pageSize" });
  return Number(text);
}
