/** How other parts (cache judge, evals) call a model: through the same pipeline, with its failover and its record. */
export interface AskOptions {
  /** Who asks: `cache-judge`, `eval:helpful`. Such calls skip semantic cache and evals. */
  origin: string;
  timeoutMs: number;
  maxOutputTokens?: number;
  /** 0 by default. */
  temperature?: number;
}

/** The text of the answer. Rejects with GatewayError. */
export type Ask = (
  model: string,
  messages: readonly { role: "system" | "user"; content: string }[],
  options: AskOptions,
) => Promise<{ text: string; costNanoUsd: number | null; requestId: string }>;
