import type { CacheParts } from "./cache.ts";
import { countVerified } from "./verified.ts";

/**
 * A client says that the answer it got from the cache was wrong: the entry goes at once, and where it was served for a
 * question that was only like its own, that counts as evidence against such hits. Not as a sample of them, though:
 * nobody reports the right ones.
 */
export async function reportWrong(requestId: string, parts: CacheParts): Promise<boolean> {
  const { explanations, answers, front, keeper, index } = parts;
  const served = explanations.get(requestId)?.served;
  if (!served) return false;
  await keeper.flush();
  await answers.purge({ id: served.id });
  front.delete([served.id]);
  index.tidy().catch(() => {});
  const { namespace, cell } = served;
  // Once: the same report again says nothing new.
  delete served.namespace;
  if (namespace && cell) countVerified(parts, { namespace, cell, wrong: true, whileServing: false });
  return true;
}
