/** What vectors are for, in the words of Cohere's `input_type` and Google's `taskType`. */

/** Google's words for Cohere's; its others are the same in both, but for their case. */
const GOOGLE_WORDS: Readonly<Record<string, string>> = {
  search_query: "RETRIEVAL_QUERY",
  search_document: "RETRIEVAL_DOCUMENT",
};

/** ai.google.dev/api/embeddings#TaskType, November 2026. */
const GOOGLE_TASKS: ReadonlySet<string> = new Set([
  "RETRIEVAL_QUERY",
  "RETRIEVAL_DOCUMENT",
  "SEMANTIC_SIMILARITY",
  "CLASSIFICATION",
  "CLUSTERING",
  "QUESTION_ANSWERING",
  "FACT_VERIFICATION",
  "CODE_RETRIEVAL_QUERY",
]);

/** Those of Google's that Cohere has no word for. */
const GOOGLE_ONLY: ReadonlySet<string> = new Set([
  "semantic_similarity",
  "question_answering",
  "fact_verification",
  "code_retrieval_query",
]);

/** Undefined where Google has no word for it. */
export function googleTask(purpose: string | undefined): string | undefined {
  if (purpose === undefined) return undefined;
  const task = GOOGLE_WORDS[purpose] ?? purpose.toUpperCase();
  return GOOGLE_TASKS.has(task) ? task : undefined;
}

export function purposeOfTask(task: string): string {
  const [word] = Object.entries(GOOGLE_WORDS).find(([, google]) => google === task) ?? [];
  return word ?? task.toLowerCase();
}

/** Undefined where Cohere has no word for it; what neither knows is Cohere's to judge. */
export function coherePurpose(purpose: string | undefined): string | undefined {
  return purpose !== undefined && GOOGLE_ONLY.has(purpose) ? undefined : purpose;
}
