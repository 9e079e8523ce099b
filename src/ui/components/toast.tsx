/** What became of an action, said briefly at the corner and to readers of the screen. */
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface Toast {
  id: number;
  tone: "ok" | "bad";
  text: string;
}

type Say = (tone: Toast["tone"], text: string) => void;

const ToastContext = createContext<Say>(() => {});

const OK_SHOWN_MS = 5_000;
/** Whoever is told of a failure may have to read it twice. */
const BAD_SHOWN_MS = 15_000;

export function ToastProvider({ children }: { children: ComponentChildren }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const drop = useCallback((id: number) => setToasts((old) => old.filter((toast) => toast.id !== id)), []);
  const say = useCallback<Say>(
    (tone, text) => {
      const id = performance.now();
      setToasts((old) => [...old, { id, tone, text }]);
      setTimeout(() => drop(id), tone === "ok" ? OK_SHOWN_MS : BAD_SHOWN_MS);
    },
    [drop],
  );
  return (
    <ToastContext.Provider value={say}>
      {children}
      <div class="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, tone, text }) => (
          <div key={id} class={`toast ${tone}`}>
            <Icon name={tone === "ok" ? "check" : "warning"} />
            <span>{text}</span>
            <button type="button" class="button quiet icon-only" aria-label="Dismiss" onClick={() => drop(id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}

export function useToast(): Say {
  return useContext(ToastContext);
}

/**
 * Runs an action and says what became of it; a failure in the gateway's own words. Resolves to what the action
 * returned, or to undefined when it failed.
 */
export function useAction(): <T>(action: () => Promise<T>, done?: string) => Promise<T | undefined> {
  const say = useToast();
  return useCallback(
    async (action, done) => {
      try {
        const result = await action();
        if (done !== undefined) say("ok", done);
        return result;
      } catch (error) {
        say("bad", error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
    [say],
  );
}
