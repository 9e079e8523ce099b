/** A stand-in whose providers and models are the real ones, over a store of its own. */
import { FILE, type OpenRouting, openRouting, SECRET } from "../config/dynamic/routing.ts";
import { type AdminStandIn, sendTo } from "./admin-access.ts";
import { type StandIn, standIn } from "./stand-in.ts";

export { SECRET };

export interface RoutingStandIn extends AsyncDisposable {
  gateway: StandIn;
  open: OpenRouting;
  /** As the holder of a token; the admin's by default. */
  send: AdminStandIn["send"];
}

export const UP = { name: "up", type: "openai-compatible", baseUrl: "https://up.example/v1", keys: [SECRET] };

export async function routingStandIn(settings: object = FILE): Promise<RoutingStandIn> {
  const open = await openRouting(settings);
  const gateway = standIn();
  gateway.ports.admin.routing = open.book;
  gateway.ports.admin.audit = open.store.audit;
  return {
    gateway,
    open,
    send: sendTo(gateway),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await open[Symbol.asyncDispose]();
    },
  };
}
