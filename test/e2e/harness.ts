import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { freePort } from "../support/free-port.ts";
import { freshBinary } from "./binary.ts";

const READY_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 40_000;
const COMMAND_LIMIT_MS = 30_000;
const POLL_MS = 5;

export interface StartOptions {
  /** Command line, without `--port`. Default `["serve"]`. */
  args?: string[];
  /** The whole environment, but for PATH and a HOME of its own: nothing of the test's own environment is passed on. */
  env?: Record<string, string>;
  /** Text of `gateway.config.ts`. */
  config?: string;
  /** Further files, by path from the working directory. */
  files?: Record<string, string>;
  /** A directory that is kept, to start again in it. Default: a new, empty one which is removed at the end. */
  cwd?: string;
  port?: number;
  /** Default `http`; a certificate of its own is trusted here. */
  scheme?: "http" | "https";
}

export interface Output {
  stdout: string;
  stderr: string;
}

export interface Gateway extends AsyncDisposable {
  url: string;
  port: number;
  pid: number;
  cwd: string;
  /** From the start of the process to its first ready answer. */
  readyMs: number;
  /** What was written so far. */
  output: Output;
  exited: Promise<number>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Writes a file into the working directory. */
  write(path: string, text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and its exit code once all is drained. */
  stop(): Promise<number>;
  /** SIGKILL: the crash that no process can prepare for. */
  kill(): Promise<void>;
  /** Resolves once stdout or stderr holds the text. */
  printed(text: string | RegExp): Promise<void>;
}

/**
 * Starts the compiled binary in an empty directory and waits until it is ready. Dispose of it with `await using`.
 * @throws with what it printed, when it ends first or is not ready in time.
 */
export async function startGateway(options: StartOptions = {}): Promise<Gateway> {
  const port = options.port ?? freePort();
  const { child, startMs, cwd, output, dispose } = await spawn(options, port);
  const url = `${options.scheme ?? "http"}://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    return await within(STOP_LIMIT_MS, child.exited, () => `The gateway did not stop.\n${shown(output)}`);
  };
  try {
    await untilReady(url, child, output);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    port,
    cwd,
    output,
    pid: child.pid,
    readyMs: performance.now() - startMs,
    exited: child.exited,
    fetch: (path, init) => fetch(url + path, init),
    write: (path, text) => writeText(`${cwd}/${path}`, text),
    signal: (signal) => child.kill(signal),
    stop,
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
    printed: (text) => untilPrinted(text, output),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Runs a command of the binary to its end. */
export async function runEvergate(
  args: string[],
  options: Omit<StartOptions, "args" | "port"> = {},
): Promise<Output & { exitCode: number }> {
  const { child, output, finished, dispose } = await spawn({ ...options, args });
  try {
    const late = () => `evergate ${args.join(" ")} did not end.\n${shown(output)}`;
    const exitCode = await within(COMMAND_LIMIT_MS, child.exited, late);
    await finished;
    return { exitCode, ...output };
  } finally {
    await dispose();
  }
}

async function spawn(options: StartOptions, port?: number) {
  const binary = await freshBinary();
  const home = await mkdtemp(`${tmpdir()}/evergate-e2e-`);
  const cwd = options.cwd ?? `${home}/work`;
  await mkdir(cwd, { recursive: true });
  const files = { ...options.files, ...(options.config === undefined ? {} : { "gateway.config.ts": options.config }) };
  for (const [path, text] of Object.entries(files)) await writeText(`${cwd}/${path}`, text);

  const args = [...(options.args ?? ["serve"]), ...(port === undefined ? [] : ["--port", String(port)])];
  const startMs = performance.now();
  const child = Bun.spawn([binary, ...args], {
    cwd,
    env: { PATH: "/usr/bin:/bin", HOME: home, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const output: Output = { stdout: "", stderr: "" };
  const finished = Promise.all([
    collect(child.stdout, (text) => {
      output.stdout += text;
    }),
    collect(child.stderr, (text) => {
      output.stderr += text;
    }),
  ]);
  const dispose = async () => {
    child.kill("SIGKILL");
    await child.exited;
    await rm(home, { recursive: true, force: true });
  };
  return { child, startMs, cwd, output, finished, dispose };
}

async function collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }));
}

async function untilReady(url: string, child: Bun.Subprocess, output: Output): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The gateway ended with ${child.exitCode ?? child.signalCode}.\n${shown(output)}`);
    }
    const response = await fetch(`${url}/health/ready`, {
      signal: AbortSignal.timeout(1_000),
      tls: { rejectUnauthorized: false },
    }).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.ok) return;
    if (performance.now() > deadline) throw new Error(`The gateway is not ready.\n${shown(output)}`);
    await Bun.sleep(POLL_MS);
  }
}

async function untilPrinted(text: string | RegExp, output: Output): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  const found = () => {
    const all = output.stdout + output.stderr;
    return typeof text === "string" ? all.includes(text) : text.test(all);
  };
  while (!found()) {
    if (performance.now() > deadline) throw new Error(`Never printed ${text}.\n${shown(output)}`);
    await Bun.sleep(POLL_MS);
  }
}

async function within<T>(limitMs: number, promise: Promise<T>, message: () => string): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await Bun.write(path, text);
}

function shown({ stdout, stderr }: Output): string {
  return `stdout: ${stdout}\nstderr: ${stderr}`;
}
