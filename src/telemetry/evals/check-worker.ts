/** The thread that runs the checks; see run-check.ts. */
import type { Check } from "./check.ts";
import { runCheck } from "./run-check.ts";
import type { Subject } from "./subject.ts";

declare const self: Worker;

export interface CheckJob {
  id: number;
  check: Check;
  subject: Subject;
}

export interface CheckResult {
  id: number;
  score: number | null;
}

self.onmessage = ({ data }: MessageEvent<CheckJob>) => {
  const { id, check, subject } = data;
  let score: number | null = null;
  try {
    score = runCheck(check, subject);
  } catch {
    // A check that cannot be made says nothing of the answer.
  }
  self.postMessage({ id, score } satisfies CheckResult);
};
