/** What differs between generations of Gemini, by the model's name (ai.google.dev/gemini-api/docs, November 2026). */
export interface ModelGeneration {
  /** `level` from Gemini 3 on, a token budget in 2.5, nothing before. Both takes names that tell no generation. */
  thinking: "level" | "budget" | "none";
  /** Least and greatest `thinkingBudget`; a least of 0 can be switched off. */
  budget: { min: number; max: number };
  /** Lowest `thinkingLevel`. */
  lowestLevel: "minimal" | "low";
  /** `thinkingLevel: medium` exists. */
  mediumLevel: boolean;
  /** 400 for a function call of the current turn that has no signature. */
  needsSignatures: boolean;
  /** Fields `id` of calls and results are told to the model. */
  callIds: boolean;
  /** Images and files inside a function's result. */
  mediaInResults: boolean;
  /** JSON output and search together with functions; 400 before Gemini 3. */
  mixesTools: boolean;
}

export function generationOf(model: string): ModelGeneration {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  const major = Number(/gemini-(\d+)/.exec(name)?.[1] ?? 0);
  const old = major === 1 || major === 2;
  const modern = major >= 3;
  return {
    thinking: thinkingOf(name, major),
    budget: budgetOf(name),
    lowestLevel: modern && /flash/.test(name) ? "minimal" : "low",
    mediumLevel: !/gemini-3-pro/.test(name),
    needsSignatures: modern && !/image|tts|live/.test(name),
    callIds: !old,
    mediaInResults: !old,
    mixesTools: !old,
  };
}

function thinkingOf(name: string, major: number): ModelGeneration["thinking"] {
  if (/gemma|learnlm|image|tts|embedding/.test(name)) return "none";
  if (major >= 3) return "level";
  return major === 1 || /gemini-2\.0/.test(name) ? "none" : "budget";
}

function budgetOf(name: string): { min: number; max: number } {
  if (/flash-lite/.test(name)) return { min: 0, max: 24_576 };
  return /pro/.test(name) ? { min: 128, max: 32_768 } : { min: 0, max: 24_576 };
}
