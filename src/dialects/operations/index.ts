/** Which operations there are besides chat, and what speaks them. */
import type { Operation } from "../../canonical/call.ts";
import { speech, transcriptions } from "./audio.ts";
import { countTokens } from "./count-tokens.ts";
import { embeddings } from "./embeddings/embeddings.ts";
import { images } from "./images.ts";
import { moderations } from "./moderations.ts";
import type { OperationWires } from "./operation.ts";
import { rerank } from "./rerank.ts";

export const OPERATIONS: Readonly<Partial<Record<Operation, OperationWires>>> = {
  embed: embeddings,
  moderate: moderations,
  rerank,
  image: images,
  speech,
  transcribe: transcriptions,
  count: countTokens,
};
