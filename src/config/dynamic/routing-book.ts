/**
 * Providers and models as the admin API changes them. What the file declares is read-only. A change is layered over the
 * file, judged and built beside what is in force; then it is written with its audit row, and then it takes the old
 * one's place. Changes and reloads run one after the other, so that each is judged against what it will stand beside.
 */
import type { Deps } from "../../canonical/deps.ts";
import { GatewayError } from "../../canonical/errors.ts";
import type { Queue } from "../../canonical/queue.ts";
import { leadFault } from "../../providers/network/address-fault.ts";
import type { AuditEntry } from "../../store/ports.ts";
import type { RoutingPorts } from "../../store/routing-ports.ts";
import type { Seal } from "../../store/seal.ts";
import type { Config } from "../config.ts";
import type { Fault } from "../fault.ts";
import { type LayeredRouting, layerRouting, standInsStepAside } from "../layered-routing.ts";
import type { Actor } from "./access-book.ts";
import { refusal } from "./record-body.ts";
import { changedSettings, leadsAway, withoutNull } from "./routing-body.ts";
import { closed, loadRoutingRows, type OpenedRow, type RoutingRows } from "./routing-rows.ts";
import { ROUTING_KINDS, type RoutingKind, type RoutingView, viewOfMade, viewsOfDeclared } from "./routing-view.ts";
import { newRecordId } from "./virtual-key.ts";

export interface RoutingChange {
  actor: Actor;
  /** Whether it is still what the caller saw; where it is not: 412 `precondition_failed`. */
  matches?: (view: RoutingView) => boolean;
}

export interface RoutingBook {
  /** What was made by API, over a configuration of the file's. */
  layer(file: Config): LayeredRouting;
  /** Both sources, in the order of their names. */
  list(kind: RoutingKind): RoutingView[];
  /** By id, else by name, what is in force first; throws 404 `not_found`. */
  get(kind: RoutingKind, idOrName: string): RoutingView;
  /** In force from the next call on. Throws 400, 409 `conflict`. */
  create(kind: RoutingKind, body: Body, change: RoutingChange): Promise<RoutingView>;
  /** Throws 400, 404, 409 for what the file declares, 412. */
  update(kind: RoutingKind, idOrName: string, body: Body, change: RoutingChange): Promise<RoutingView>;
  delete(kind: RoutingKind, idOrName: string, change: RoutingChange): Promise<RoutingView>;
}

type Body = Record<string, unknown>;

export interface RoutingBookOptions {
  store: RoutingPorts;
  seal: Seal;
  deps: Deps;
  /** The file's configuration in force, and what is layered over it. */
  inForce(): { file: Config; layered: LayeredRouting };
  /** Builds what would be in force; rejects with GatewayError("invalid_request") when that cannot be. */
  prepare(layered: LayeredRouting): Promise<Prepared>;
  serially: Queue;
}

export interface Prepared {
  /** Puts it in force. Cannot fail: what it stands for has been written by then. */
  apply(): void;
  abandon(): Promise<void>;
}

export async function openRoutingBook(options: RoutingBookOptions): Promise<RoutingBook> {
  const { serially, store, seal } = options;
  const rows = await loadRoutingRows(store, seal);
  const parts: Parts = { ...options, rows };
  return {
    layer: (file) => layerRouting({ providers: rows.of("providers"), models: rows.of("models") }, { ...options, file }),
    list: (kind) => viewsOf(parts, kind),
    get: (kind, idOrName) => find(parts, kind, idOrName),
    create: (kind, body, change) => serially(() => create(parts, kind, body, change)),
    update: (kind, idOrName, body, change) => serially(() => update(parts, kind, idOrName, body, change)),
    delete: (kind, idOrName, change) => serially(() => remove(parts, kind, idOrName, change)),
  };
}

interface Parts extends RoutingBookOptions {
  rows: RoutingRows;
}

async function create(parts: Parts, kind: RoutingKind, body: Body, change: RoutingChange): Promise<RoutingView> {
  const { name, ...settings } = withoutNull(body);
  if (name === undefined) throw refusal([{ path: "name", message: "is required" }]);
  if (typeof name !== "string") throw refusal([{ path: "name", message: "expected a text" }]);
  const taken = viewsOf(parts, kind).find((view) => view.name === name);
  const { file } = parts.inForce();
  const stepsAside = kind === "providers" && standInsStepAside(file);
  if (taken?.origin === "file" && !stepsAside) throw declaredByFile(kind, name);
  if (taken?.origin === "api") throw new GatewayError("conflict", `The name "${name}" is taken.`, { param: "name" });
  const nowMs = parts.deps.clock.now();
  const id = newRecordId(ROUTING_KINDS[kind]);
  const made = closed(kind, settings, { id, name, createdAtMs: nowMs, updatedAtMs: nowMs, version: 1 }, parts.seal);
  return put(parts, kind, made, (entry) => parts.store[kind].insert(made.row, entry), { change, action: "create" });
}

async function update(parts: Parts, kind: RoutingKind, idOrName: string, body: Body, change: RoutingChange) {
  const { view, opened } = madeRow(parts, kind, idOrName, change);
  const { name = view.name, ...changes } = body;
  if (name !== view.name) {
    const message = `A ${ROUTING_KINDS[kind]} keeps its name, which log, ledger and others hold.`;
    throw new GatewayError("invalid_request", message, { param: "name" });
  }
  if (view.state === "shadowed") {
    const message = `It is out of force, because the configuration file declares a ${ROUTING_KINDS[kind]} of its name. It can only be deleted.`;
    throw new GatewayError("conflict", message, { param: "name" });
  }
  const settings = changedSettings(opened.settings, changes);
  const away = kind === "providers" ? leadsAway(opened.settings, changes, settings) : undefined;
  if (away !== undefined) throw refusal([{ path: away, message: NEEDS_SECRETS }]);
  const { settings: _, sealed: __, ...common } = opened.row;
  const next = { ...common, updatedAtMs: parts.deps.clock.now(), version: common.version + 1 };
  const made = closed(kind, settings, next, parts.seal);
  const write = (entry: AuditEntry) => parts.store[kind].update(made.row, entry);
  return put(parts, kind, made, write, { change, action: "update", before: view });
}

const NEEDS_SECRETS =
  "sends the provider's calls elsewhere, so its keys and headers must be given again as they are: stored secrets go only where they were given for";

async function remove(parts: Parts, kind: RoutingKind, idOrName: string, change: RoutingChange) {
  const { view, opened } = madeRow(parts, kind, idOrName, change);
  if (view.state !== "shadowed") refuseWhileUsed(parts, kind, view.name);
  const layered = layerRouting(parts.rows.with(kind, view.id, undefined), { ...parts, file: parts.inForce().file });
  const prepared = await parts.prepare(layered);
  const entry = entryOf(kind, [view, null], { change, action: "delete" }, parts.deps.clock.now());
  await written(prepared, () => parts.store[kind].delete(view.id, opened.row.version, entry));
  parts.rows.put(kind, view.id, undefined);
  prepared.apply();
  return view;
}

interface Step {
  change: RoutingChange;
  action: "create" | "update" | "delete";
  before?: RoutingView;
}

async function put(
  parts: Parts,
  kind: RoutingKind,
  made: OpenedRow,
  write: (entry: AuditEntry) => Promise<void>,
  step: Step,
): Promise<RoutingView> {
  const { rows, deps } = parts;
  const { file } = parts.inForce();
  const layered = layerRouting(rows.with(kind, made.id, made), { ...parts, file });
  const state = layered.states.get(made.id)!;
  if (state.faults.length > 0) throw refusal(state.faults);
  const lead = kind === "providers" ? await leadOf(made, file, deps) : undefined;
  if (lead) throw refusal([lead]);
  const prepared = await parts.prepare(layered);
  const view = viewOfMade(kind, made.row, made.settings, state);
  await written(prepared, () => write(entryOf(kind, [step.before ?? null, view], step, made.row.updatedAtMs)));
  rows.put(kind, made.id, made);
  prepared.apply();
  return view;
}

/** What could not be written is not put in force either. */
async function written(prepared: Prepared, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    await prepared.abandon();
    throw error;
  }
}

async function leadOf({ settings }: OpenedRow, { server }: Config, deps: Deps): Promise<Fault | undefined> {
  const { baseUrl } = settings;
  if (typeof baseUrl !== "string") return undefined;
  const message = await leadFault(baseUrl, server.allowPrivateNetwork, deps);
  return message === undefined ? undefined : { path: "baseUrl", message };
}

function viewsOf({ rows, inForce }: Parts, kind: RoutingKind): RoutingView[] {
  const { file, layered } = inForce();
  const declared = viewsOfDeclared(kind, file, layered.config);
  const made = rows.of(kind).map(({ id, row, settings }) => viewOfMade(kind, row, settings, layered.states.get(id)!));
  return [...declared, ...made].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** By name, what is in force first. Names hold no white space, so that what stands behind one never counts before it. */
export function placeOf({ name, origin, id }: RoutingView): string {
  return `${name} ${origin === "file" ? 0 : 1} ${id}`;
}

function find(parts: Parts, kind: RoutingKind, idOrName: string): RoutingView {
  const all = viewsOf(parts, kind);
  const found = all.find(({ id }) => id === idOrName) ?? all.find(({ name }) => name === idOrName);
  if (found) return found;
  throw new GatewayError("not_found", `There is no ${ROUTING_KINDS[kind]} "${idOrName}".`, { param: "id" });
}

function madeRow(parts: Parts, kind: RoutingKind, idOrName: string, { matches }: RoutingChange) {
  const view = find(parts, kind, idOrName);
  const opened = parts.rows.of(kind).find(({ id }) => id === view.id);
  if (!opened) throw declaredByFile(kind, view.name);
  if (matches && !matches(view)) {
    throw new GatewayError("precondition_failed", "It has been changed since it was read; read it again.");
  }
  return { view, opened };
}

function declaredByFile(kind: RoutingKind, name: string): GatewayError {
  const message = `The ${ROUTING_KINDS[kind]} "${name}" is declared in the configuration file or the environment and can be changed only there.`;
  return new GatewayError("conflict", message, { param: "name" });
}

/** Only what was made by API can refer to what was made by API. */
function refuseWhileUsed({ inForce }: Parts, kind: RoutingKind, name: string): void {
  const { models } = inForce().layered.config;
  const users = models.filter(({ targets, fallbacks }) =>
    kind === "models" ? fallbacks.includes(name) : targets.some(({ provider }) => provider === name),
  );
  if (users.length === 0) return;
  const shown = users.slice(0, MAX_SHOWN_USERS).map((user) => `model "${user.name}"`);
  const more = users.length > MAX_SHOWN_USERS ? ` and ${users.length - MAX_SHOWN_USERS} more` : "";
  throw new GatewayError(
    "conflict",
    `The ${ROUTING_KINDS[kind]} "${name}" is still named by ${shown.join(", ")}${more}.`,
  );
}

const MAX_SHOWN_USERS = 5;

function entryOf(
  kind: RoutingKind,
  [before, after]: readonly [before: RoutingView | null, after: RoutingView | null],
  { change: { actor }, action }: Step,
  atMs: number,
): AuditEntry {
  const { id, name } = (after ?? before)!;
  const { name: by, remoteAddress } = actor;
  return { atMs, actor: by, remoteAddress, action, resource: ROUTING_KINDS[kind], resourceId: id, name, before, after };
}
