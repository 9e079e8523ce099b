/** Asks before something is destroyed: `if (await confirm({ title, text, action: "Revoke" })) …`. */
import { type ComponentChildren, createContext } from "preact";
import { useCallback, useContext, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";

export interface Question {
  title: string;
  /** What will happen, and whether it can be undone. */
  text: ComponentChildren;
  /** The verb on the button. */
  action: string;
}

const ConfirmContext = createContext<(question: Question) => Promise<boolean>>(async () => false);

export function ConfirmProvider({ children }: { children: ComponentChildren }) {
  const [asked, setAsked] = useState<Question & { answer(yes: boolean): void }>();
  const confirm = useCallback(
    (question: Question) =>
      new Promise<boolean>((resolve) => {
        setAsked({
          ...question,
          answer(yes) {
            setAsked(undefined);
            resolve(yes);
          },
        });
      }),
    [],
  );
  return (
    <ConfirmContext.Provider value={confirm}>
      {children}
      {asked && (
        <Dialog title={asked.title} onClose={() => asked.answer(false)}>
          <div class="stack">
            <div>{asked.text}</div>
            <div class="actions">
              <button type="button" class="button" onClick={() => asked.answer(false)}>
                Cancel
              </button>
              <button type="button" class="button danger" onClick={() => asked.answer(true)}>
                {asked.action}
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </ConfirmContext.Provider>
  );
}

export function useConfirm(): (question: Question) => Promise<boolean> {
  return useContext(ConfirmContext);
}
