/** As much of `oidc-provider` as the tests use; it comes without types. */
declare module "oidc-provider" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";

  interface Context {
    req: IncomingMessage;
    res: ServerResponse;
    path: string;
    method: string;
    body: unknown;
    respond?: boolean;
    oidc: { client?: { clientId: string }; session?: { accountId?: string }; params?: Record<string, string> };
  }

  class Grant {
    constructor(of: { clientId: string; accountId: string });
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  interface Policy {
    add(prompt: unknown, index: number): void;
  }

  export const interactionPolicy: {
    base(): Policy;
    Prompt: new (of: { name: string; requestable: boolean }) => unknown;
  };

  export default class Provider {
    constructor(issuer: string, configuration: object);
    proxy: boolean;
    Grant: typeof Grant;
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): void;
    listen(port: number, host: string, ready: () => void): Server;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: object): Promise<void>;
  }
}
