import type { ComponentChildren } from "preact";
import { Badge } from "../../components/badge.tsx";
import { count, duration, exactMoney, money } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Answer } from "./chat.ts";

export interface Turn {
  question: string;
  answer: Answer;
}

/** A question and its answer, with how it came about. */
export function TurnView({ turn: { question, answer }, running }: { turn: Turn; running: boolean }) {
  return (
    <li class="turn">
      <div class="turn-question">
        <span class="visually-hidden">You: </span>
        {question}
      </div>
      <div class="turn-answer">
        {answer.reasoning !== "" && (
          <details>
            <summary class="muted small">Thinking</summary>
            <div class="muted turn-text">{answer.reasoning}</div>
          </details>
        )}
        <div class="turn-text">
          <span class="visually-hidden">Answer: </span>
          {withSeams(answer)}
          {running && <span class="turn-caret" aria-hidden="true" />}
        </div>
        {answer.error && (
          <p class="bad" role="alert">
            {answer.error}
          </p>
        )}
        <Facts answer={answer} running={running} />
      </div>
    </li>
  );
}

/** The text with a mark where another target took it up. */
function withSeams({ text, seams }: Answer): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const { at, to, from: before } of seams) {
    parts.push(text.slice(from, at));
    parts.push(
      <span key={at} class="seam" title={`${before} broke off here; ${to} goes on`}>
        {to} goes on
      </span>,
    );
    from = at;
  }
  parts.push(text.slice(from));
  return parts;
}

function Facts({ answer, running }: { answer: Answer; running: boolean }) {
  const { target, failover, cache, attempts, warnings, requestId, seams } = answer;
  const hit = cache !== null && /^(?:exact|semantic)/.test(cache);
  return (
    <div class="turn-facts small">
      {target && <Badge tone={failover || seams.length > 0 ? "warn" : "ok"}>{seams.at(-1)?.to ?? target}</Badge>}
      {failover && <span class="warn">instead of {failover.replaceAll("=", ": ").replaceAll(",", ", ")}</span>}
      {hit && <Badge tone="ok">from the cache: {cache.replace(";score=", ", ")}</Badge>}
      {answer.firstTokenMs !== null && <span>first token {duration(answer.firstTokenMs)}</span>}
      {answer.totalMs !== null && <span>total {duration(answer.totalMs)}</span>}
      {answer.outputTokens !== null && (
        <span>
          {count(answer.inputTokens)} in, {count(answer.outputTokens)} out
        </span>
      )}
      {answer.costUsd !== null && <span title={exactMoney(answer.costUsd)}>{money(answer.costUsd)}</span>}
      {attempts !== null && attempts !== "1" && !hit && <span>{attempts} attempts</span>}
      {warnings && <span class="warn">not honoured: {warnings}</span>}
      {answer.stopped && <span>stopped</span>}
      {requestId && !running && <a href={link(`/ui/requests/${encodeURIComponent(requestId)}`)}>The request</a>}
    </div>
  );
}
