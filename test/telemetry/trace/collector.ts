/** An OTLP/HTTP collector that decodes the protobuf with a schema of its own, written from opentelemetry-proto. */
import protobuf from "protobufjs";

const SCHEMA = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15;
}
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
`;
const Request = protobuf.parse(SCHEMA).root.lookupType("ExportTraceServiceRequest");

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startMs: number;
  endMs: number;
  attributes: Record<string, unknown>;
  status: { code: number; message: string };
  resource: Record<string, unknown>;
}

export interface Collector extends Disposable {
  url: string;
  spans: CollectedSpan[];
  headers: Headers[];
  /** What the next requests are answered with before they are accepted. */
  refuse(...statuses: number[]): void;
  /** Waits until so many spans are there. */
  received(count: number): Promise<CollectedSpan[]>;
}

const WAIT_LIMIT_MS = 15_000;

export function collector(): Collector {
  const spans: CollectedSpan[] = [];
  const headers: Headers[] = [];
  let refusals: number[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/v1/traces": {
        async POST(request) {
          const bytes = new Uint8Array(await request.arrayBuffer());
          const refusal = refusals.shift();
          if (refusal !== undefined) return new Response("", { status: refusal });
          if (request.headers.get("content-type") !== "application/x-protobuf")
            return new Response("", { status: 415 });
          headers.push(request.headers);
          spans.push(...decode(bytes));
          return new Response("", { headers: { "content-type": "application/x-protobuf" } });
        },
      },
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    headers,
    refuse: (...statuses) => {
      refusals = statuses;
    },
    async received(count) {
      const deadline = performance.now() + WAIT_LIMIT_MS;
      while (spans.length < count) {
        if (performance.now() > deadline) throw new Error(`only ${spans.length} of ${count} spans came`);
        await Bun.sleep(5);
      }
      return spans;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

interface Decoded {
  resourceSpans: { resource?: { attributes?: KeyValue[] }; scopeSpans: { spans: Record<string, never>[] }[] }[];
}
interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

function decode(bytes: Uint8Array): CollectedSpan[] {
  const message = Request.toObject(Request.decode(bytes), { longs: Number, arrays: true }) as unknown as Decoded;
  return message.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span: Record<string, unknown>) => ({
        traceId: hex(span["traceId"]),
        spanId: hex(span["spanId"]),
        parentSpanId: hex(span["parentSpanId"]),
        name: String(span["name"]),
        kind: Number(span["kind"]),
        startMs: Number(span["startTimeUnixNano"]) / 1e6,
        endMs: Number(span["endTimeUnixNano"]) / 1e6,
        attributes: attributesOf(span["attributes"] as KeyValue[]),
        status: { code: 0, message: "", ...(span["status"] as object) },
        resource: attributesOf(resource?.attributes ?? []),
      })),
    ),
  );
}

function hex(bytes: unknown): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString("hex") : "";
}

function attributesOf(list: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: Record<string, unknown>): unknown {
  const array = value["arrayValue"] as { values: Record<string, unknown>[] } | undefined;
  return array ? array.values.map(plain) : Object.values(value)[0];
}
