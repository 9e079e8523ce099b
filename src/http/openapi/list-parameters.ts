/** Parameters that the lists and sums of the admin API share. */
import { Type } from "@sinclair/typebox";
import { query } from "./operation.ts";

const TIME = Type.String({ format: "date-time" });

export const PAGE = [
  query("limit", "Rows of a page", Type.Integer({ minimum: 1, maximum: 1_000, default: 50 })),
  query("cursor", "`next` of the page before"),
];

export const FROM_TO = [
  query("from", "Inclusive, or before now: -24h (m, h, d)", TIME),
  query("to", "Exclusive, or before now: -24h (m, h, d)", TIME),
];

/** Of sums, which are of some time always. */
export const LAST_DAY = [
  query("from", "Inclusive, or before now: -24h (m, h, d); absent: 24 hours before `to`", TIME),
  query("to", "Exclusive, or before now: -24h (m, h, d); absent: now", TIME),
];
