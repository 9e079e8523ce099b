/** What is asked of every SDK, whatever it is called there: one table of tests runs over all of them. */

/** Where an SDK finds the gateway, and with which virtual key. */
export interface Reach {
  url: string;
  key: string;
}

export interface Said {
  text: string;
  /** The SDK's word for why the answer ended. */
  finish: string;
  /** As the SDK itself shows it, or its response's headers. */
  requestId: string | null | undefined;
}

/** An error as a program sees it that catches it. */
export interface Caught {
  /** Of the class. */
  name: string;
  status: number | undefined;
  /** The gateway's message, or text that contains it. */
  message: string;
  requestId: string | null | undefined;
}

export interface Tool {
  name: string;
  description: string;
  schema: { type: "object"; properties: Record<string, { type: "string" }>; required: string[] };
}

export interface Sdk {
  name: string;
  /** Its word for an answer that ended by itself. */
  finished: string;
  /** Its class for each status. */
  errors: Readonly<Record<400 | 401 | 404 | 429 | 502 | 503, string>>;
  say(reach: Reach, model: string, text: string): Promise<Said>;
  stream(reach: Reach, model: string, text: string): Promise<Said>;
  /** Asks, runs the tool that is called with `run`, sends its result, and returns the answer. The first turn streams. */
  toolLoop(reach: Reach, model: string, text: string, tool: Tool, run: (args: unknown) => string): Promise<string>;
  structured(reach: Reach, model: string, text: string, schema: Tool["schema"]): Promise<unknown>;
  /** `png` is base64. */
  look(reach: Reach, model: string, text: string, png: string): Promise<string>;
  embed?(reach: Reach, model: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** A plain question, with the SDK's own retries as they are by default unless it cannot be told no: what it throws. */
  fail(reach: Reach, model: string): Promise<Caught>;
  /** Begins a stream, and hangs up after its first text. */
  hangUp(reach: Reach, model: string): Promise<void>;
}

export async function caught(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error("The call did not fail.");
}
