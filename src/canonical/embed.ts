/** An embedding call in canonical form: what every vendor's API of that name has in common. */
import type { Usage } from "./usage.ts";

/** A text, or one that is already tokenised. */
export type EmbedInput = string | readonly number[];

export interface EmbedRequest {
  inputs: readonly EmbedInput[];
  /** Length of the vectors, for models that can shorten them. */
  dimensions?: number;
  /** What the vectors are for, in Cohere's words (`search_query`, `search_document` …), where the client says so. */
  purpose?: string;
  /** How the client wants its vectors written. */
  encoding: "float" | "base64";
}

export interface EmbedAnswer {
  /** One for each input, in their order. */
  vectors: readonly (readonly number[])[];
  /** Absent where the vendor does not say. */
  usage?: Usage;
}
