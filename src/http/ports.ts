/** What HTTP needs of the gateway. `gateway.ts` provides it; after a reload the next request sees the new one. */
import type { BudgetStatus } from "../budget/status.ts";
import type { Cache, Purge } from "../cache/cache.ts";
import type { Incoming, Principal } from "../canonical/call.ts";
import type { JsonObject } from "../canonical/chat.ts";
import type { Clock, Log } from "../canonical/deps.ts";
import type { Reply } from "../canonical/reply.ts";
import type { AccessBook, Actor } from "../config/dynamic/access-book.ts";
import type { RoutingBook } from "../config/dynamic/routing-book.ts";
import type { Fault } from "../config/fault.ts";
import type { Conversations } from "../conversations/conversations.ts";
import type { AlertsPort } from "../store/alert-ports.ts";
import type { LedgerPort } from "../store/budget-ports.ts";
import type { EvalsPort, FeedbackPort } from "../store/eval-ports.ts";
import type { AuditEntry, AuditPort, RequestLogPort } from "../store/ports.ts";
import type { StatsPort } from "../store/stats-ports.ts";
import type { Alerts } from "../telemetry/alerts/alerts.ts";
import type { EvalCounts } from "../telemetry/evals/evals.ts";
import type { LiveTail } from "../telemetry/live-tail.ts";
import type { SignInFailures } from "./sso/failures.ts";
import type { IdentityProvider } from "./sso/identity.ts";
import type { PendingSignIns } from "./sso/pending.ts";
import type { IdentityProviders } from "./sso/providers.ts";
import type { Sessions } from "./sso/sessions.ts";

export interface HttpPorts {
  clock: Clock;
  log: Log;
  version: string;
  /** The pipeline. Sets `incoming.record` first thing. Rejects with GatewayError. */
  serve(incoming: Incoming): Promise<Reply>;
  models: ModelDirectory;
  admin: AdminPorts;
  sso: SsoPorts;
  /** Stored responses of the Responses API, by principal and id. */
  responses: Pick<Conversations, "get" | "inputItems" | "delete">;
  /** What clients say of answers. */
  feedback: Pick<FeedbackPort, "put"> & Pick<Cache, "reportWrong">;
  /** Role of a bearer token on `/admin` and `/metrics`. Constant time. */
  roleOf(token: string | undefined): Holder | undefined;
  /** Whether the virtual key in a credential is valid where keys are required; throws the 401 / 403 otherwise. Used by GET /v1/models. */
  authenticate(credential: string | undefined, remoteAddress: string): Pick<Principal, "id" | "allows">;
  /** Prometheus text, or OpenMetrics when asked for. */
  metrics(openMetrics: boolean): Promise<{ contentType: string; body: string }>;
  readiness(): "ready" | "starting" | "draining";
  settings(): HttpSettings;
}

export interface SsoPorts {
  sessions: Sessions;
  failures: SignInFailures;
  pending: PendingSignIns;
  /** Ways to sign in besides the admin token, in the order in which they are offered. */
  providers(): readonly IdentityProvider[];
  /** The person's role by the settings in force; undefined: none. */
  roleFor: IdentityProviders["roleFor"];
  /** `server.publicUrl`, without a trailing slash. */
  publicUrl(): string | null;
  audit: Pick<AuditPort, "append">;
}

export type Role = "admin" | "viewer" | "team" | "metrics";

/** Who holds a token or a session. */
export interface Holder {
  role: Role;
  /** Of the role `team`: the team whose keys, usage and requests it sees, and nobody else's. */
  team?: string;
  /** For the audit trail: `admin token`. */
  name: string;
}

export interface HttpSettings {
  maxBodyBytes: number;
  /** Metrics without a token. */
  metricsOpen: boolean;
  corsOrigins: readonly string[];
  /** Socket addresses (or CIDR ranges) whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** Whether clients reach the gateway by TLS, its own or that of what stands in front: cookies then go no other way. */
  secureCookies: boolean;
}

export interface ModelDirectory {
  /** Public models first, then `provider/model` names, in configuration order. */
  list(): readonly ModelEntry[];
  get(name: string): ModelEntry | undefined;
  /** Whether a call of this model would reach any target, its own or a fallback's. */
  mayUse(name: string, allows: Principal["allows"]): boolean;
  /** The nearest existing name, for error messages. */
  nearest(name: string): string | undefined;
}

export interface ModelEntry {
  id: string;
  /** `evergate` for public models, the provider's name for `provider/model`. */
  ownedBy: string;
  createdSeconds: number;
}

/** One (provider, key, model) as `/admin/targets` shows it. */
export interface TargetStatus {
  target: string;
  provider: string;
  model: string;
  key: string;
  state: "closed" | "half-open" | "open";
  /** Why it is open or resting, in words. */
  reason: string | null;
  /** Epoch milliseconds until which the key or target rests; null when it does not. */
  restingUntilMs: number | null;
  inFlight: number;
  consecutiveFailures: number;
  /** Peak-weighted time to first content of the target, as latency routing sees it; null before its first answer. */
  latencyMs: number | null;
  /** What the key may still send, as far as the upstream told or made itself felt; null where it never did. */
  quota: TargetQuota | null;
}

export interface TargetQuota {
  requests?: QuotaWindow;
  tokens?: QuotaWindow;
  inputTokens?: QuotaWindow;
  outputTokens?: QuotaWindow;
  /** Calls a minute that are let through after a 429 without explanation. */
  pacedPerMinute?: number;
}

export interface QuotaWindow {
  limit: number;
  remaining: number;
  /** Epoch milliseconds; null when it is full or nobody said. */
  resetAtMs: number | null;
}

export interface AdminPorts {
  /** Whether every provider is a simulated one: no call leaves the machine, and no figure is real. */
  simulated(): boolean;
  /** Calls need a virtual key. */
  requiresKey(): boolean;
  requests: RequestLogPort;
  /** Calls back with each call as it ends, until what it returns is called. */
  live: LiveTail["watch"];
  stats: StatsPort["read"];
  attempts: StatsPort["attempts"];
  targets(): TargetStatus[];
  /** Takes a target out of service or puts it back; resolves to false when there is no such target. */
  setDrained(target: string, drained: boolean, audit: AuditEntry): Promise<boolean>;
  /** The effective configuration without secrets. */
  config(): JsonObject;
  checkConfig(value: unknown): Promise<Fault[]>;
  /** Reads the configuration again; faults leave the old one in force. */
  reload(actor: Actor): Promise<Fault[]>;
  /** Keys, teams and customers. */
  access: AccessBook;
  /** Providers and models. */
  routing: Omit<RoutingBook, "layer">;
  audit: Pick<AuditPort, "list">;
  budgets: {
    list(): Promise<BudgetStatus[]>;
    /** Both resolve to the amount taken off in nano-USD, or undefined when there is no such budget. */
    reset(id: string, audit: AuditEntry): Promise<number | undefined>;
    release(id: string, audit: AuditEntry): Promise<number | undefined>;
  };
  usage: LedgerPort["usage"];
  alerts: Pick<Alerts, "rules" | "test"> & Pick<AlertsPort, "list">;
  evals: {
    scores: EvalsPort["summary"];
    list: EvalsPort["list"];
    feedback: FeedbackPort["summary"];
    /** What users said, one by one. */
    said: FeedbackPort["list"];
    /** Since the process began. */
    counts(): EvalCounts;
  };
  cache: Pick<Cache, "statistics" | "explain" | "count"> & {
    /** Resolves to the number of entries that are gone. */
    purge(wanted: Purge, audit: AuditEntry): Promise<number>;
  };
}
