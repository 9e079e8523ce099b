/**
 * AI Studio and Vertex made function calls without ids until Gemini 3. The ids that other dialects need are made here
 * from what is always the same: the reply's id, or the place in the history. They never go back up.
 */
const MADE = /^gemini_[\w-]+_\d+$/;

/** Of the n-th call of a reply's candidate. */
export function replyCallId(responseId: string, candidate: number, index: number): string {
  const reply = responseId.replace(/[^\w-]/g, "") || "reply";
  return `gemini_${candidate === 0 ? reply : `${reply}-${candidate}`}_${index}`;
}

/** Of the n-th call of a turn in the history. */
export function historyCallId(turn: number, index: number): string {
  return `gemini_turn${turn}_${index}`;
}

export function isMadeCallId(id: string): boolean {
  return MADE.test(id);
}
