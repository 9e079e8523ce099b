/** HTTP/1.1 requests from raw bytes (RFC 9112): as much of it as the clients of providers use. */
export interface HttpRequest {
  method: string;
  /** With its query. */
  path: string;
  /** Names in lower case; repeated ones joined by a comma. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");

/** Cuts a connection's bytes into requests. Throws on what is no HTTP: the connection is of no use then. */
export function requestReader(): (bytes: Uint8Array) => HttpRequest[] {
  let buffer = Buffer.alloc(0);
  return (bytes) => {
    buffer = buffer.byteLength === 0 ? Buffer.from(bytes) : Buffer.concat([buffer, bytes]);
    const requests: HttpRequest[] = [];
    for (;;) {
      const taken = takeRequest(buffer);
      if (!taken) return requests;
      requests.push(taken.request);
      buffer = buffer.subarray(taken.length);
    }
  };
}

function takeRequest(buffer: Buffer): { request: HttpRequest; length: number } | undefined {
  const headEnd = buffer.indexOf(HEAD_END);
  if (headEnd < 0) {
    if (buffer.byteLength > MAX_HEAD_BYTES) throw new Error("The request head is too large.");
    return undefined;
  }
  const [requestLine, ...lines] = buffer.toString("latin1", 0, headEnd).split("\r\n");
  const [method, path, version] = requestLine!.split(" ");
  if (!method || !path || !version?.startsWith("HTTP/1.")) throw new Error("The request line is malformed.");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const start = headEnd + HEAD_END.byteLength;
  const body = headers["transfer-encoding"]?.toLowerCase().includes("chunked")
    ? takeChunked(buffer, start)
    : takeSized(buffer, start, Number(headers["content-length"] ?? 0));
  return body && { request: { method, path, headers, body: body.bytes }, length: body.end };
}

interface TakenBody {
  bytes: Uint8Array;
  end: number;
}

function takeSized(buffer: Buffer, start: number, length: number): TakenBody | undefined {
  const end = start + length;
  return buffer.byteLength < end ? undefined : { bytes: new Uint8Array(buffer.subarray(start, end)), end };
}

function takeChunked(buffer: Buffer, start: number): TakenBody | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = buffer.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(buffer.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error("A chunk's size is malformed.");
    const data = lineEnd + 2;
    if (buffer.byteLength < data + size + 2) return undefined;
    if (size === 0) return { bytes: new Uint8Array(Buffer.concat(chunks)), end: data + 2 };
    chunks.push(buffer.subarray(data, data + size));
    at = data + size + 2;
  }
}
