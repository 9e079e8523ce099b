import { readFileSync } from "node:fs";

/** The proxies take turns on one core, and everything else has the other, so that load never takes from them. */
export const PROXY_CORE = 0;
export const LOAD_CORE = 1;

const START_LIMIT_MS = 15_000;

export interface Running {
  pid: number;
  port: number;
  child: Bun.Subprocess;
  /** SIGTERM, then SIGKILL when it is not heard. */
  stop(): Promise<void>;
}

/** Starts a process on one core and waits until its port answers. */
export async function startPinned(
  core: number,
  command: string[],
  options: { port: number; cwd?: string; env?: Record<string, string> },
): Promise<Running> {
  const child = Bun.spawn([...pin(core), ...command], {
    cwd: options.cwd,
    // Bun sends at most 256 requests at once unless told otherwise at the start of the process.
    env: { PATH: "/usr/bin:/bin:/usr/sbin", BUN_CONFIG_MAX_HTTP_REQUESTS: "4096", ...options.env },
    stdin: "ignore",
    stdout: Bun.file("/dev/null"),
    stderr: "pipe",
  });
  const killAtExit = () => void child.kill("SIGKILL");
  process.on("exit", killAtExit);
  await untilListening(options.port, child, command);
  return {
    pid: child.pid,
    port: options.port,
    child,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(killAtExit, 10_000);
      await child.exited;
      clearTimeout(timer);
      process.off("exit", killAtExit);
    },
  };
}

export function pin(core: number): string[] {
  const taskset = Bun.which("taskset");
  return taskset ? [taskset, "-c", String(core)] : [];
}

export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Microseconds of processor time used so far, in all threads. Linux counts it in ticks of 10 ms. */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold blanks; user and system time are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024;
}

async function untilListening(port: number, child: Bun.ReadableSubprocess | Bun.Subprocess, command: string[]) {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null) {
      const stderr = child.stderr instanceof ReadableStream ? await new Response(child.stderr).text() : "";
      throw new Error(`${command.join(" ")} ended with ${child.exitCode}\n${stderr}`);
    }
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => undefined);
    if (socket) return void socket.end();
    if (performance.now() > deadline) throw new Error(`${command.join(" ")} does not listen on ${port}`);
    await Bun.sleep(20);
  }
}
