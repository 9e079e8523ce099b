/** What every handler gets: one request at the HTTP border and the gateway behind it. */
import type { GatewayError } from "../canonical/errors.ts";
import type { DashboardFiles } from "./dashboard-files.ts";
import type { Holder, HttpPorts } from "./ports.ts";

export interface Exchange {
  request: Request;
  /** Path without query as the URL has it: dot segments resolved, percent-encoding kept. */
  path: string;
  requestId: string;
  ports: HttpPorts;
  connection: Connection;
  /** Set by `authorise` on routes that need a token. */
  holder?: Holder;
  /** The OpenAPI document of the app that serves this request, as JSON text. */
  openApi(): string;
  /** Read once an app. */
  dashboard(): Promise<DashboardFiles>;
}

/** Handlers of the route table. What they throw becomes an error in the dialect of the path. */
export type Handler = (exchange: Exchange) => Response | Promise<Response>;

/** What only the listening server knows of a request's socket. */
export interface Connection {
  /** The client's address: the socket's, or a forwarded one where the socket is a trusted proxy. */
  remoteAddress(request: Request): string;
  /** Lets the socket be silent for as long as the call takes. */
  keepOpen(request: Request): void;
  /** Puts the idle timeout back: it belongs to the socket, and the next request on it would inherit "never". */
  restoreIdleTimeout(request: Request): void;
  /** Inference calls under way. On the drain's deadline each is ended by its own error. */
  readonly live: Set<LiveCall>;
  /** What watches without an end of its own: each is called as a drain begins. */
  readonly watching: Set<() => void>;
}

export interface LiveCall {
  end(error: GatewayError): void;
}
