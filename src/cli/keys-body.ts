/** The flags of `evergate keys create` as the body that the admin API takes. What they mean is judged there. */
import { type Command, InvalidArgumentError } from "commander";
import type { Json, JsonObject } from "../canonical/chat.ts";

export interface CreateFlags {
  team?: string;
  customer?: string;
  model?: string[];
  provider?: string[];
  budget?: JsonObject[];
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  requestsPerDay?: number;
  maxConcurrent?: number;
  tag?: [name: string, value: string][];
  expires?: string;
  ip?: string[];
}

export function addCreateFlags(command: Command): Command {
  return command
    .option("--team <name>", "team it belongs to")
    .option("--customer <name>", "customer it belongs to, for a key without a team")
    .option("--model <pattern>", "model it may use; again for more (default: all)", collect)
    .option("--provider <name>", "provider it may use; again for more (default: all)", collect)
    .option("--budget <usd/period>", "as 5/day or 100/month; again for more", collectBudget)
    .option("--requests-per-minute <number>", "limit", wholeNumber)
    .option("--tokens-per-minute <number>", "limit", wholeNumber)
    .option("--requests-per-day <number>", "limit", wholeNumber)
    .option("--max-concurrent <number>", "limit", wholeNumber)
    .option("--tag <name=value>", "put on every call's record; again for more", collectTag)
    .option("--expires <time>", "RFC 3339 time or date, UTC")
    .option("--ip <range>", "address or range it may be used from; again for more (default: any)", collect);
}

export function keyBody(name: string, flags: CreateFlags): JsonObject {
  const { requestsPerMinute, tokensPerMinute, requestsPerDay, maxConcurrent } = flags;
  const limits = given({ requestsPerMinute, tokensPerMinute, requestsPerDay, maxConcurrent });
  return given({
    name,
    team: flags.team,
    customer: flags.customer,
    models: flags.model,
    providers: flags.provider,
    budgets: flags.budget,
    limits: Object.keys(limits).length > 0 ? limits : undefined,
    tags: flags.tag && Object.fromEntries(flags.tag),
    expires: flags.expires,
    ips: flags.ip,
  });
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("must be a whole number.");
  return Number(text);
}

function given(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function collectBudget(value: string, before: JsonObject[] = []): JsonObject[] {
  const match = /^(\d+(?:\.\d+)?)\/([a-z]+)$/.exec(value);
  if (!match) throw new InvalidArgumentError("must be like 5/day: USD, a slash and a period.");
  return [...before, { limitUsd: Number(match[1]), per: match[2]! }];
}

function collectTag(value: string, before: [string, string][] = []): [string, string][] {
  const at = value.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("must be like name=value.");
  return [...before, [value.slice(0, at), value.slice(at + 1)]];
}
