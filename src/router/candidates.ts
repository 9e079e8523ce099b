/** The targets one call may be sent to, in the order of its route's strategy, fallback models last. */
import type { Target } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { OPERATIONS } from "../dialects/operations/index.ts";
import type { OperationWire } from "../dialects/operations/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { KeyPool } from "./keys.ts";
import type { Ranking } from "./rank.ts";
import type { Route } from "./routes.ts";
import type { OrderInputs, Scorer } from "./strategies.ts";

export interface Candidate {
  target: Target;
  provider: Provider;
  /** Of its chat, and of its errors on every operation. */
  dialect: Dialect;
  /** Set on operations besides chat. */
  operation?: { wire: OperationWire; url: string };
  keys: KeyPool;
  /** The route that names it: the call's own or a fallback's. Its timeouts hold for this target. */
  route: Route;
}

export interface Upstream {
  provider: Provider;
  keys: KeyPool;
}

export interface Candidates {
  /** In the order in which they are tried; never empty. */
  found: Candidate[];
  /** How that order came about: of the call's own route, then of its fallbacks. */
  rankings: Ranking[];
}

/** Throws `no_target`, `invalid_request` or `model_not_allowed`, saying what stands in the way. */
export function candidatesOf(
  call: Call,
  route: Route,
  upstreams: ReadonlyMap<string, Upstream>,
  scorer: Scorer,
  inputs: OrderInputs,
): Candidates {
  const found: Candidate[] = [];
  const rankings: Ranking[] = [];
  let forbidden = 0;
  let lacking = 0;
  const add = (from: Route) => {
    const { targets, ranking } = from.order(scorer, inputs);
    rankings.push(ranking);
    for (const { target } of targets) {
      if (found.some((candidate) => candidate.target.name === target.name)) continue;
      if (!call.principal.allows(target)) {
        forbidden += 1;
        continue;
      }
      const upstream = upstreams.get(target.provider);
      const dialect = upstream?.provider.dialectFor("chat", target.model, call.dialect);
      if (!upstream || !dialect || upstream.keys.serving(target.model).length === 0) continue;
      const candidate: Candidate = { target, provider: upstream.provider, dialect, keys: upstream.keys, route: from };
      if (call.operation !== "chat") {
        const operation = operationAt(call, upstream.provider, target);
        if (!operation) {
          lacking += 1;
          continue;
        }
        candidate.operation = operation;
      }
      found.push(candidate);
    }
    for (const fallback of from.fallbacks) if (call.principal.allows({ model: fallback.name })) add(fallback);
  };
  add(route);
  if (found.length > 0) return { found: call.options.fallback ? found : found.slice(0, 1), rankings };
  if (forbidden > 0)
    throw new GatewayError("model_not_allowed", `This key may not use any provider of model "${call.model}".`, {
      param: "model",
    });
  // Trying again would not help: the client asked the wrong model.
  if (lacking > 0) throw new NotOffered(call);
  throw new GatewayError("no_target", `No provider of model "${call.model}" can serve this request with its keys.`);
}

/** No provider of the model has what was asked for. */
export class NotOffered extends GatewayError {
  constructor({ model, operation }: Call) {
    super("invalid_request", `No provider of model "${model}" offers the operation "${operation}".`, {
      param: "model",
    });
  }
}

/** Undefined where the provider does not have the operation, or not for clients of this dialect. */
function operationAt({ operation, dialect }: Call, provider: Provider, { model }: Target): Candidate["operation"] {
  const offer = provider.offer(operation, model);
  const wire = offer && OPERATIONS[operation]?.wire(dialect, offer.dialect);
  return wire && { wire, url: offer.url };
}
