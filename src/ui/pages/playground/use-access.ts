/**
 * With which key the playground calls. It is kept in memory alone: whatever the browser stores, a script or the next
 * user of this machine could read. An admin may have one made: small in budget, short in life, revoked on leaving.
 */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../../components/toast.tsx";
import { useApi } from "../../session.tsx";

const LIFE_MS = 3_600_000;
export const TEMPORARY_LIMIT_USD = 1;
const NAME_DIGITS = 6;

export interface Access {
  key: string | undefined;
  /** Of the key made here. */
  temporaryName: string | undefined;
  use(key: string): void;
  /** Only an admin's session may. */
  make(): Promise<void>;
  drop(): void;
}

export function useAccess(): Access {
  const api = useApi();
  const action = useAction();
  const [key, setKey] = useState<string>();
  const [temporary, setTemporary] = useState<{ id: string; name: string }>();
  const made = useRef<string | undefined>(undefined);
  const revoke = useCallback(
    (keepalive: boolean) => {
      const id = made.current;
      made.current = undefined;
      // Where this fails the key still ends by itself.
      if (id !== undefined) void api.send("DELETE", `/admin/keys/${id}`, undefined, { keepalive }).catch(() => {});
    },
    [api],
  );
  useEffect(() => {
    const leave = () => revoke(true);
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      revoke(true);
    };
  }, [revoke]);
  return {
    key,
    temporaryName: temporary?.name,
    use(text) {
      setKey(text);
    },
    async make() {
      const body = {
        name: `playground-${randomDigits()}`,
        expires: new Date(Date.now() + LIFE_MS).toISOString(),
        budgets: [{ limitUsd: TEMPORARY_LIMIT_USD, per: "total" }],
        tags: { app: "playground" },
      };
      const view = await action(() => api.send<{ id: string; name: string; key: string }>("POST", "/admin/keys", body));
      if (!view) return;
      made.current = view.id;
      setTemporary(view);
      setKey(view.key);
    },
    drop() {
      revoke(false);
      setTemporary(undefined);
      setKey(undefined);
    },
  };
}

function randomDigits(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_DIGITS / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
