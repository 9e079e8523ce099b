/**
 * Property tests draw the same cases in every run, so that a change is judged by what it changed. `FC_SEED=random`
 * draws new ones: `bun run test:fuzz` does, and a find becomes a case of its own.
 */
import fc from "fast-check";

const FIXED_SEED = 20_261_123;

const wanted = process.env["FC_SEED"];
if (wanted !== "random") fc.configureGlobal({ seed: wanted === undefined ? FIXED_SEED : Number(wanted) });
