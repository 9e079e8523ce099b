/** An embedding call in canonical form: what every vendor's API of that name has in common. */
import type { Usage } from "./usage.ts";

/** A text, or one that is already tokenised. */
export type EmbedInput = string | readonly number[];

export interface EmbedRequest {
  inputs: readonly EmbedInput[];
  /** Titles of the inputs, where the client gives some; as many as inputs. */
  titles?: readonly (string | undefined)[];
  /** Length of the vectors, for models that can shorten them. */
  dimensions?: number;
  /**
   * What the vectors are for, where the client says so: in Cohere's words (`search_query`, `search_document` …), and in
   * Google's in lower case for what only Google has (`semantic_similarity` …).
   */
  purpose?: string;
  /** How the client wants its vectors written. */
  encoding: "float" | "base64";
  /** The client asked for one vector, in a form that is for one. */
  single?: boolean;
}

/** What a target may be unable to honour; the client's dialect has its own name for each. */
export type EmbedField = "purpose" | "titles" | "dimensions";

export interface EmbedAnswer {
  /** One for each input, in their order. */
  vectors: readonly (readonly number[])[];
  /** Absent where the vendor does not say. */
  usage?: Usage;
}
