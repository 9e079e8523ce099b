/** What every simulated provider of the drill answers: sixty words, none of whose endings comes twice. */
export const ANSWER =
  "Every winter the keepers of the lighthouse count their lamps, read the letters a café in Zürich sends them, and " +
  "note — in ink — how the sea behaved: calm on Monday, grey by Tuesday, raging after Wednesday's thaw. Sailors from 日本 " +
  "once answered with a song 🙂 and one remark: light that stays while storms pass outshines any mirror.";

/** The answer whose first word a provider has blown up to so many bytes. */
export function answerWithHugeStart(bytes: number): string {
  return "x".repeat(bytes) + ANSWER.slice("Every".length);
}
