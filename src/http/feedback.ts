/** POST /v1/feedback: what a client says of an answer it got. */
import type { JsonObject } from "../canonical/chat.ts";
import { sleep } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import { readBody } from "./admin/body.ts";
import { readQuery, refused } from "./admin/query.ts";
import type { Exchange } from "./exchange.ts";
import { credentialOf } from "./ingress/credential.ts";
import { json } from "./respond.ts";

const FIELDS: ReadonlySet<string> = new Set(["request_id", "score", "comment", "cached_wrong"]);
const MAX_COMMENT_CHARACTERS = 2_000;
const MAX_ID_CHARACTERS = 100;
/** A call is in the log a moment after its answer has ended. */
const LOG_DELAY_MS = 200;

interface Feedback {
  requestId: string;
  score: number;
  comment: string | null;
  cachedWrong: boolean;
}

export async function feedback(exchange: Exchange): Promise<Response> {
  const { ports, request, connection } = exchange;
  readQuery(request.url, []);
  const credential = credentialOf(request.headers.toJSON());
  const { id: keyId } = ports.authenticate(credential, connection.remoteAddress(request));
  const given = readFeedback(await readBody(exchange));
  if (!(await isOwn(exchange, given.requestId, keyId))) {
    // Another key's request is as unknown as one that does not exist.
    throw new GatewayError("not_found", `There is no request "${given.requestId}".`, { param: "request_id" });
  }
  const purged = given.cachedWrong ? await ports.feedback.reportWrong(given.requestId) : false;
  await ports.feedback.put({ ...given, keyId, atMs: ports.clock.now() });
  return json(exchange, { request_id: given.requestId, stored: true, purged });
}

async function isOwn({ ports }: Exchange, requestId: string, keyId: string): Promise<boolean> {
  const served = ports.admin.cache.explain(requestId);
  if (served) return served.keyId === keyId;
  let row = await ports.admin.requests.get(requestId);
  if (!row) {
    await sleep(ports.clock, LOG_DELAY_MS);
    row = await ports.admin.requests.get(requestId);
  }
  return row?.keyId === keyId;
}

function readFeedback(body: JsonObject): Feedback {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}".`);
  const { request_id: requestId, score, comment = null, cached_wrong: cachedWrong = false } = body;
  if (typeof requestId !== "string" || requestId === "" || requestId.length > MAX_ID_CHARACTERS)
    throw refused("request_id", "request_id must be the x-evergate-request-id of an answer.");
  if (typeof score !== "number" || score < -1 || score > 1)
    throw refused("score", "score must be a number from -1 to 1.");
  if (comment !== null && (typeof comment !== "string" || comment.length > MAX_COMMENT_CHARACTERS))
    throw refused("comment", `comment must be a text of at most ${MAX_COMMENT_CHARACTERS} characters.`);
  if (typeof cachedWrong !== "boolean") throw refused("cached_wrong", "cached_wrong must be true or false.");
  return { requestId, score, comment, cachedWrong };
}
