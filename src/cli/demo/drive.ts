/** Drives the demo's traffic through its script, and tells on the terminal what became of it. */
import type { Deps } from "../../canonical/deps.ts";
import { sleep } from "../../canonical/deps.ts";
import { type Act, ENCORES, OPENING } from "./acts.ts";
import { type CallEnd, type Caller, callAs } from "./callers.ts";
import type { DemoKeys } from "./governance.ts";
import { TIGHT_KEY, TIGHT_LIMIT_USD } from "./settings.ts";
import type { Upstreams } from "./upstreams.ts";

export interface DriveParts extends Pick<Deps, "clock" | "random"> {
  address: string;
  upstreams: Upstreams;
  keys: DemoKeys;
  speed: number;
  say(line: string): void;
}

/** Never ends by itself: the process does. */
export async function drive(parts: DriveParts): Promise<never> {
  const numbers = numbered();
  for (const act of OPENING) await play(act, numbers, parts);
  await spendTheTightKey(numbers, parts);
  parts.say("From here on there is light traffic, and a small outage every few minutes. Ctrl-C ends it.");
  for (;;) for (const act of ENCORES) await play(act, numbers, parts);
}

/** Numbers of questions, as of orders. */
function numbered(): () => number {
  let number = 48_200;
  return () => ++number;
}

async function play(act: Act, number: () => number, parts: DriveParts): Promise<void> {
  const { clock, random, upstreams, speed, say } = parts;
  upstreams.trouble("swift", act.trouble);
  say(`— ${act.name}`);
  const ends: Promise<CallEnd | undefined>[] = [];
  const endMs = clock.monotonic() + act.lengthMs / speed;
  const callers = callersOf(parts.keys, OPENING.includes(act));
  while (clock.monotonic() < endMs) {
    ends.push(callAndJudge(drawn(callers, random), number(), parts));
    // Calls come when they come, not in step.
    await sleep(clock, ((0.4 + 1.2 * random()) * 1_000) / (act.callsPerSecond * speed));
  }
  const known = (await Promise.all(ends)).filter((end) => end !== undefined);
  say(`  ${summary(known)}`);
}

/** Share of answers that somebody says something of. */
const FEEDBACK_SHARE = 0.25;
/** Fewer characters than this, and who asked is not content. */
const SATISFYING_CHARACTERS = 60;

/** Undefined when the gateway is gone. */
async function callAndJudge(caller: Caller, number: number, parts: DriveParts): Promise<CallEnd | undefined> {
  const { address, random } = parts;
  try {
    const end = await callAs(caller, number, { address, random });
    if (end.status === 200 && caller.subject !== "json" && random() < FEEDBACK_SHARE) {
      const score = saidBy(end.text) >= SATISFYING_CHARACTERS ? 1 : -1;
      await fetch(`${address}/v1/feedback`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
        body: JSON.stringify({ request_id: end.requestId, score }),
      });
    }
    return end;
  } catch {
    return undefined;
  }
}

/** Characters of the answer in a stream of either dialect. */
function saidBy(stream: string): number {
  const parts = stream.matchAll(/"(?:content|text)":\s*"((?:[^"\\]|\\.)*)"/g);
  return [...parts].reduce((sum, [, text]) => sum + text!.length, 0);
}

/** More than its budget pays for: some calls are answered, the rest refused. */
const TIGHT_CALLS = 8;

async function spendTheTightKey(number: () => number, parts: DriveParts): Promise<void> {
  parts.upstreams.trouble("swift", undefined);
  parts.say(`— the key “ci” spends its budget of ${TIGHT_LIMIT_USD} USD a day`);
  const caller: Caller = { key: TIGHT_KEY, model: "chat", subject: "numbered", weight: 1, tags: "app=ci,env=test" };
  const ends: CallEnd[] = [];
  for (let call = 0; call < TIGHT_CALLS; call++) {
    const end = await callAndJudge(caller, number(), parts);
    if (end) ends.push(end);
  }
  parts.say(`  ${summary(ends)}`);
}

/** @param spends the lab too calls a dear model, until its team is near its budget. */
function callersOf({ search, support, growth }: DemoKeys, spends: boolean): readonly Caller[] {
  const users = ["ann", "ben", "cho", "dee"];
  return [
    { key: search, model: "demo", first: "swift/chat", subject: "numbered", weight: 5, tags: "app=shop,env=prod" },
    { key: search, model: "demo", first: "swift/chat", subject: "repeated", weight: 1, tags: "app=shop,env=prod" },
    { key: search, model: "chat", subject: "numbered", weight: 2, tags: "app=shop,env=prod", dialect: "anthropic" },
    { key: support, model: "help", subject: "repeated", weight: 5, tags: "app=desk,env=prod", users },
    {
      key: support,
      model: "extract",
      first: "swift/chat",
      subject: "json",
      weight: 2,
      tags: "app=desk,env=prod",
      users,
    },
    { key: growth, model: "batch", subject: "numbered", weight: 0.5, tags: "app=lab,env=test" },
    ...(spends
      ? [{ key: growth, model: "chat", subject: "numbered" as const, weight: 1.7, tags: "app=lab,env=test" }]
      : []),
  ];
}

function drawn(callers: readonly Caller[], random: () => number): Caller {
  let left = random() * callers.reduce((sum, { weight }) => sum + weight, 0);
  for (const caller of callers) {
    left -= caller.weight;
    if (left < 0) return caller;
  }
  return callers[0]!;
}

function summary(ends: readonly CallEnd[]): string {
  const number = (test: (end: CallEnd) => boolean) => ends.filter(test).length;
  const parts = [
    [number(({ status }) => status === 200), "answered"],
    [number(({ cached }) => cached), "from the cache"],
    [number(({ failedOver }) => failedOver), "by another target"],
    [number(({ continued }) => continued), "continued in mid-sentence"],
    [number(({ status }) => status === 402), "over budget"],
    [number(({ status }) => status !== 200 && status !== 402), "failed"],
  ] as const;
  const told = parts.filter(([count], index) => index === 0 || count > 0).map(([count, what]) => `${count} ${what}`);
  return `${ends.length} calls: ${told.join(", ")}`;
}
