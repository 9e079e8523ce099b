/**
 * multipart/form-data (RFC 7578) on the bytes as they came: a form with a file is sent on with one field changed and
 * never built anew.
 */

export interface FormPart {
  name: string;
  /** Set on files. */
  filename?: string;
  /** Bounds of the content. */
  start: number;
  end: number;
}

/** More parts than any API has fields. */
const MAX_PARTS = 100;
const MAX_HEADER_BYTES = 4_096;

/** The boundary of a content type; undefined when it is no form. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (!contentType || !/^multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** Undefined when the form is broken: a part without a name, an end that never comes. */
export function formParts(bytes: Uint8Array, boundary: string): FormPart[] | undefined {
  const form = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${boundary}`);
  const next = Buffer.from(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  let at = form.indexOf(delimiter);
  if (at !== 0 && form.subarray(at - 2, at).toString("latin1") !== "\r\n") return undefined;
  at += delimiter.length;
  while (parts.length < MAX_PARTS) {
    const after = form.subarray(at, at + 2).toString("latin1");
    if (after === "--") return parts;
    if (after !== "\r\n") return undefined;
    const headersEnd = form.indexOf("\r\n\r\n", at);
    if (headersEnd < 0 || headersEnd - at > MAX_HEADER_BYTES) return undefined;
    const headers = form.subarray(at, headersEnd).toString("utf8");
    const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"\r\n]*)"/im.exec(headers)?.[1];
    const filename = /^content-disposition:[^\r\n]*?[;\s]filename="([^"\r\n]*)"/im.exec(headers)?.[1];
    const start = headersEnd + 4;
    const end = form.indexOf(next, start);
    if (name === undefined || end < 0) return undefined;
    parts.push({ name, ...(filename !== undefined && { filename }), start, end });
    at = end + next.length;
  }
  return undefined;
}

/** The form with the content of a part replaced. */
export function replacePart(bytes: Uint8Array, { start, end }: FormPart, content: string): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(content), bytes.subarray(end)]);
}
