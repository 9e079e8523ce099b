/**
 * `bun scripts/slow/budgets.ts [seeds] [first]`: the end-to-end budget test over many seeds, a thousand calls at once.
 * A line a seed; exit code 1 when any budget was passed, or less than 95 % of what was affordable was spent.
 */
import { runBudgets } from "../../test/e2e/budget-run.ts";

const CALLS = 1_000;
const KILLS = 2;
const LEAST_USED = 0.95;

const seeds = Number(process.argv[2] ?? 100);
const first = Number(process.argv[3] ?? 1);
let worstOvershoot = 0;
let leastUsed = 1;
for (let seed = first; seed < first + seeds; seed++) {
  const { overshoot, used, uncertain, admitted, refused } = await runBudgets({ seed, calls: CALLS, kills: KILLS });
  worstOvershoot = Math.max(worstOvershoot, overshoot);
  leastUsed = Math.min(leastUsed, used);
  console.log(
    `seed ${seed}: overshoot ${overshoot}, used ${(used * 100).toFixed(2)} %, uncertain ${(uncertain * 100).toFixed(1)} %, ` +
      `${admitted} served, ${refused} refused`,
  );
}
console.log(`overshoot ${worstOvershoot} nano-USD in ${seeds} seeds; at least ${(leastUsed * 100).toFixed(2)} % used`);
process.exit(worstOvershoot > 0 || leastUsed < LEAST_USED ? 1 : 0);
