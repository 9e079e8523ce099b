/** Bodies that were made for the dashboard. */
import { Type } from "@sinclair/typebox";
import { TIME, words } from "./schema-words.ts";

export const DASHBOARD_SCHEMAS = {
  About: Type.Object({
    version: Type.String(),
    readiness: words("ready", "starting", "draining"),
    simulated: Type.Boolean({ description: "Every provider is a simulated one: no call leaves the machine." }),
    now: TIME,
  }),
};
