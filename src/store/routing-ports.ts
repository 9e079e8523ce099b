/** Providers and models made by API, as the store keeps them. */
import type { RecordIdentity, RecordPort } from "./ports.ts";

export interface RoutingRow extends RecordIdentity {
  /** In the configuration's own form; each secret is `{ "sealed": its place in the list }`. */
  settings: Record<string, unknown>;
  /** Of providers: the list of secrets as JSON, sealed; null where it was given up with its key. */
  sealed?: string | null;
}

export interface RoutingPorts {
  providers: RecordPort<RoutingRow>;
  models: RecordPort<RoutingRow>;
}
