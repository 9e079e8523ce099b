import { FURTHER_CALLS } from "./further-calls.ts";
import { FURTHER_STREAMS } from "./further-streams.ts";
import type { Scenario } from "./scenario.ts";
import { SIXTEEN } from "./sixteen.ts";

/** All there are, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [...SIXTEEN, ...FURTHER_STREAMS, ...FURTHER_CALLS];
