/** A conversation with any model, as any client would have it: who answered, what failed over, what it cost. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useData } from "../api/use-data.ts";
import { useModels } from "../api/use-models.ts";
import { Card } from "../components/card.tsx";
import { Empty } from "../components/empty.tsx";
import { PageHead } from "../components/page-head.tsx";
import { useQuery } from "../location.tsx";
import { type ChatRequest, chat, type Message, NO_ANSWER } from "./playground/chat.ts";
import { KeyAccess } from "./playground/key-access.tsx";
import { NO_OPTIONS, OptionFields, type Options } from "./playground/options.tsx";
import { type Turn, TurnView } from "./playground/turn.tsx";
import { useAccess } from "./playground/use-access.ts";

export function Playground() {
  const access = useAccess();
  const needsKey = useData<{ requires_key: boolean }>("/admin/about").data?.requires_key;
  const { models, error } = useModels(access.key, needsKey);
  const [{ model: chosen }, setQuery] = useQuery({ model: "" });
  const model = models?.find(({ id }) => id === chosen)?.id ?? models?.[0]?.id ?? "";
  const [options, setOptions] = useState(NO_OPTIONS);
  return (
    <>
      <PageHead title="Playground">
        {access.key !== undefined && (
          <button type="button" class="button" onClick={() => access.drop()}>
            {access.temporaryName === undefined ? "Forget the key" : "Revoke the key"}
          </button>
        )}
      </PageHead>
      {error !== undefined && (
        <p class="bad" role="alert">
          {error}
        </p>
      )}
      {needsKey && (access.key === undefined || error !== undefined) && <KeyAccess access={access} />}
      {models && models.length === 0 && <Empty title="There is no model that may be asked." />}
      {models && models.length > 0 && (
        <div class="playground">
          <details class="card playground-options" open={matchMedia("(min-width: 1000px)").matches}>
            <summary>
              <strong>{model}</strong> <span class="muted">and options</span>
            </summary>
            <OptionFields
              options={options}
              models={models}
              model={model}
              chooseModel={(next) => setQuery({ model: next }, { replace: true })}
              onChange={setOptions}
            />
          </details>
          <Conversation model={model} options={options} apiKey={access.key} />
        </div>
      )}
    </>
  );
}

interface ConversationProps {
  model: string;
  options: Options;
  apiKey: string | undefined;
}

function Conversation({ model, options, apiKey }: ConversationProps) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const running = useRef<AbortController | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  // Who leaves the page leaves the call too: it would only cost money.
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    if (busy) end.current?.scrollIntoView({ block: "nearest" });
  }, [turns, busy]);
  const ask = async (question: string) => {
    const abort = new AbortController();
    running.current = abort;
    setBusy(true);
    setTurns([...turns, { question, answer: NO_ANSWER }]);
    const request = requestOf({ model, options, apiKey, turns, question, signal: abort.signal });
    await chat(request, (answer) => setTurns([...turns, { question, answer }]));
    setBusy(false);
  };
  return (
    <Card
      title="Conversation"
      aside={
        turns.length > 0 &&
        !busy && (
          <button type="button" class="button small" onClick={() => setTurns([])}>
            New conversation
          </button>
        )
      }
    >
      {turns.length === 0 && (
        <p class="muted">Ask something: the answer says who gave it, in what time and at what cost.</p>
      )}
      <div role="log" aria-label="Conversation">
        <ol class="plain turns">
          {turns.map((turn, index) => (
            <TurnView key={index} turn={turn} running={busy && index === turns.length - 1} />
          ))}
        </ol>
      </div>
      <div ref={end}>
        <Composer busy={busy} ask={ask} stop={() => running.current?.abort()} />
      </div>
    </Card>
  );
}

interface ComposerProps {
  busy: boolean;
  ask(question: string): Promise<void>;
  stop(): void;
}

function Composer({ busy, ask, stop }: ComposerProps) {
  const [draft, setDraft] = useState("");
  const send = () => {
    const question = draft.trim();
    if (question === "" || busy) return;
    setDraft("");
    void ask(question);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        name="question"
        aria-label="Your message"
        placeholder="Your message. Enter sends it, Shift and Enter begin a new line."
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {busy ? (
        <button type="button" class="button" onClick={stop}>
          Stop
        </button>
      ) : (
        <button type="submit" class="button primary" disabled={draft.trim() === ""}>
          Send
        </button>
      )}
    </form>
  );
}

interface RequestParts extends ConversationProps {
  turns: readonly Turn[];
  question: string;
  signal: AbortSignal;
}

function requestOf({ model, options, apiKey, turns, question, signal }: RequestParts): ChatRequest {
  // A turn that failed was no answer: the model shall not read it as one.
  const said = turns.filter(({ answer }) => answer.text !== "");
  const messages: Message[] = [
    ...(options.system.trim() === "" ? [] : [{ role: "system" as const, content: options.system }]),
    ...said.flatMap(({ question: asked, answer }): Message[] => [
      { role: "user", content: asked },
      { role: "assistant", content: answer.text },
    ]),
    { role: "user", content: question },
  ];
  const temperature = Number.parseFloat(options.temperature);
  const maxTokens = Number.parseInt(options.maxTokens, 10);
  return {
    model,
    messages,
    ...(!Number.isNaN(temperature) && { temperature }),
    ...(!Number.isNaN(maxTokens) && { maxTokens }),
    ...(apiKey !== undefined && { key: apiKey }),
    headers: {
      "x-evergate-tags": "app=playground",
      ...(options.cache !== "" && { "x-evergate-cache": options.cache }),
      ...(options.explain && { "x-evergate-explain": "1" }),
    },
    signal,
  };
}
