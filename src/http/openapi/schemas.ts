/** Everything `#/components/schemas/…` can name. */
import { ACCESS_SCHEMAS } from "./schemas-access.ts";
import { ADMIN_SCHEMAS } from "./schemas-admin.ts";
import { CACHE_SCHEMAS } from "./schemas-cache.ts";
import { DASHBOARD_SCHEMAS } from "./schemas-dashboard.ts";
import { INFERENCE_SCHEMAS } from "./schemas-inference.ts";
import { LOG_SCHEMAS } from "./schemas-log.ts";
import { OBSERVE_SCHEMAS } from "./schemas-observe.ts";
import { OPERATION_SCHEMAS } from "./schemas-operations.ts";
import { ROUTING_SCHEMAS } from "./schemas-routing.ts";
import { SSO_SCHEMAS } from "./schemas-sso.ts";

export const SCHEMAS = {
  ...OBSERVE_SCHEMAS,
  ...INFERENCE_SCHEMAS,
  ...OPERATION_SCHEMAS,
  ...ADMIN_SCHEMAS,
  ...ACCESS_SCHEMAS,
  ...CACHE_SCHEMAS,
  ...LOG_SCHEMAS,
  ...ROUTING_SCHEMAS,
  ...DASHBOARD_SCHEMAS,
  ...SSO_SCHEMAS,
};

export type SchemaName = keyof typeof SCHEMAS;
