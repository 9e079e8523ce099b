import type { LoadOrder, LoadResult } from "./load.ts";
import { cpuUs, LOAD_CORE, pin, type Running, residentBytes, startPinned } from "./processes.ts";
import type { Mode } from "./workload.ts";

export interface Figure extends LoadResult {
  perSecond: number;
  /** Processor time of the proxy for one request, in microseconds; 0 where there is no proxy. */
  cpuUsPerRequest: number;
  /** Share of their core that load generator and upstream used: near 1 they were the limit, not the proxy. */
  loadCoreShare: number;
  residentBytes: number;
}

export interface LoadGenerator {
  pid: number;
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

export async function startUpstream(port: number): Promise<Running> {
  return await startPinned(LOAD_CORE, [process.execPath, `${import.meta.dir}/upstream.ts`, String(port)], { port });
}

export function startLoadGenerator(): LoadGenerator {
  let settle: ((message: { result?: LoadResult; error?: string }) => void) | undefined;
  const child = Bun.spawn([...pin(LOAD_CORE), process.execPath, `${import.meta.dir}/load.ts`], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ipc: (message) => settle?.(message),
  });
  return {
    pid: child.pid,
    stop: () => child.kill("SIGKILL"),
    run: (order) =>
      new Promise((resolve, reject) => {
        settle = ({ result, error }) => (result ? resolve(result) : reject(new Error(error)));
        child.send(order);
      }),
  };
}

export interface Bench {
  load: LoadGenerator;
  upstream: Running;
  connections: number;
  seconds: number;
}

/** One phase of one round. Without a proxy the load goes straight to the upstream: the bench's own capacity. */
export async function measure(bench: Bench, mode: Mode, proxy?: Running, ratePerSecond?: number): Promise<Figure> {
  const { load, upstream, connections, seconds } = bench;
  const loadSide = () => cpuUs(load.pid) + cpuUs(upstream.pid);
  const proxyBefore = proxy ? cpuUs(proxy.pid) : 0;
  const loadBefore = loadSide();
  const startMs = performance.now();
  const result = await load.run({
    port: (proxy ?? upstream).port,
    mode,
    seconds,
    connections,
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
  });
  const elapsedUs = (performance.now() - startMs) * 1_000;
  const proxyUs = proxy ? cpuUs(proxy.pid) - proxyBefore : 0;
  return {
    ...result,
    perSecond: result.completed / result.seconds,
    cpuUsPerRequest: result.completed > 0 ? proxyUs / result.completed : 0,
    loadCoreShare: (loadSide() - loadBefore) / elapsedUs,
    residentBytes: proxy ? residentBytes(proxy.pid) : 0,
  };
}

/** The figure by figure median of several rounds; failures are added up, because one is too many. */
export function medianFigure(figures: Figure[]): Figure {
  const middle = (pick: (figure: Figure) => number) => {
    const sorted = figures.map(pick).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  return {
    completed: figures.reduce((sum, figure) => sum + figure.completed, 0),
    failed: figures.reduce((sum, figure) => sum + figure.failed, 0),
    firstFailure: figures.find((figure) => figure.firstFailure)?.firstFailure,
    seconds: figures.reduce((sum, figure) => sum + figure.seconds, 0),
    p50Ms: middle((figure) => figure.p50Ms),
    p99Ms: middle((figure) => figure.p99Ms),
    firstByteP50Ms: middle((figure) => figure.firstByteP50Ms),
    firstByteP99Ms: middle((figure) => figure.firstByteP99Ms),
    perSecond: middle((figure) => figure.perSecond),
    cpuUsPerRequest: middle((figure) => figure.cpuUsPerRequest),
    loadCoreShare: middle((figure) => figure.loadCoreShare),
    residentBytes: Math.max(...figures.map((figure) => figure.residentBytes)),
  };
}
