/** Which operations there are besides chat, and what speaks them. */
import type { Operation } from "../../canonical/call.ts";
import { embeddings } from "./embeddings/embeddings.ts";
import type { OperationWires } from "./operation.ts";

export const OPERATIONS: Readonly<Partial<Record<Operation, OperationWires>>> = {
  embed: embeddings,
};
