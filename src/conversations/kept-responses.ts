/** Sealed rows of the store: a response with its conversation, and each of its output items under its own id. */
import type { Json, JsonObject } from "../canonical/chat.ts";
import { isObject } from "../dialects/json-object.ts";
import type { ResponsesPort } from "../store/ports.ts";
import type { Seal } from "../store/seal.ts";
import { isHidden, keptItem } from "./kept-items.ts";

/** A conversation that has grown larger is not kept. */
export const CONVERSATION_MAX_BYTES = 8 * 1024 * 1024;

export interface KeptResponse {
  /** As it was shown. */
  response: JsonObject;
  /** The whole conversation up to and with it, as input items. */
  items: Json[];
}

export interface KeptResponses {
  get(principalId: string, id: string): Promise<KeptResponse | undefined>;
  /** The input items that an output item stands for: none for reasoning that nobody else can read. */
  item(principalId: string, id: string): Promise<Json[] | undefined>;
  put(principalId: string, kept: KeptResponse, expiresAtMs: number): Promise<void>;
  delete(principalId: string, id: string): Promise<boolean>;
}

export function createKeptResponses(port: ResponsesPort, seal: Seal, now: () => number): KeptResponses {
  const read = async (place: string): Promise<unknown> => {
    const sealed = await port.get(place, now());
    const plain = sealed === null ? undefined : seal.open(sealed, place);
    return plain && JSON.parse(Buffer.from(plain).toString());
  };
  const rowOf = (place: string, text: string) => ({ id: place, sealed: seal.seal(Buffer.from(text), place) });
  const get = async (principalId: string, id: string) =>
    (await read(placeOf(principalId, "response", id))) as KeptResponse | undefined;

  return {
    get,
    async item(principalId, id) {
      return (await read(placeOf(principalId, "item", id))) as Json[] | undefined;
    },
    async put(principalId, kept, expiresAtMs) {
      const { id } = kept.response;
      const text = JSON.stringify(kept);
      if (typeof id !== "string" || text.length > CONVERSATION_MAX_BYTES) return;
      const rows = [rowOf(placeOf(principalId, "response", id), text)];
      for (const item of namedItems(kept.response)) {
        const items = isHidden(item) ? [] : [keptItem(item)];
        rows.push(rowOf(placeOf(principalId, "item", item["id"] as string), JSON.stringify(items)));
      }
      await port.put(rows, expiresAtMs);
    },
    async delete(principalId, id) {
      const kept = await get(principalId, id);
      if (!kept) return false;
      const items = namedItems(kept.response).map((item) => placeOf(principalId, "item", item["id"] as string));
      await port.delete([placeOf(principalId, "response", id), ...items]);
      return true;
    },
  };
}

function namedItems({ output }: JsonObject): JsonObject[] {
  return Array.isArray(output) ? output.filter(isObject).filter(({ id }) => typeof id === "string" && id !== "") : [];
}

/** Neither the principal nor the id is stored in clear; both lengths count, so that no two pairs are one. */
function placeOf(principalId: string, kind: "response" | "item", id: string): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify([principalId, kind, id])).digest("hex");
}
