/**
 * Vectors as bytes. Each is scaled so that its largest component is 127: the cosine does not mind the scale, and the
 * usual range of -1 to 1 would leave most of the eight bits unused (components of a unit vector of 384 are about 0.05).
 */
export function toInt8(vector: Float32Array): Int8Array {
  let max = 0;
  for (const value of vector) max = Math.max(max, Math.abs(value));
  const scale = max === 0 ? 0 : 127 / max;
  return Int8Array.from(vector, (value) => Math.round(value * scale));
}

/** One bit a component: whether it is positive. For a first, coarse look. */
export function toBits(vector: Int8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  for (let i = 0; i < vector.length; i++) if (vector[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}
