/** AWS's binary event stream as a server writes it: CRC-32 (IEEE 802.3) by its definition, bit by bit. */
const POLYNOMIAL = 0xedb88320;

function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
  }
  return ~sum >>> 0;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A header of type string (7). */
function header(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([7, text.byteLength >> 8, text.byteLength & 0xff]),
    text,
  ]);
}

export function encodeMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(payload);
  const lengths = Buffer.concat([uint32(16 + head.byteLength + body.byteLength), uint32(head.byteLength)]);
  const message = Buffer.concat([lengths, uint32(checksum(lengths)), head, body]);
  return Buffer.concat([message, uint32(checksum(message))]);
}
