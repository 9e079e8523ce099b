/** The place where a compiled binary keeps its embedded files. No other program can read from there. */
const INSIDE_BINARY = /^(\/\$bunfs\/|[A-Za-z]:[\\/]~BUN)/;

/** Whether a path lies inside the compiled binary. */
export function isEmbedded(path: string): boolean {
  return INSIDE_BINARY.test(path);
}
