/** One thing wrong with a configuration: where, what, and the nearest right name. */
export interface Fault {
  /** File as the operator named it; absent for values that came by API. */
  file?: string;
  /** `models.fast.targets[1]`; empty for the file as a whole. */
  path: string;
  message: string;
  /** The nearest right name, where one is close. */
  nearest?: string;
  line?: number;
}

/** `models.fast.targets[1]: no provider "opnai" (did you mean "openai"?)` */
export function faultText({ path, message, nearest }: Fault): string {
  const where = path === "" ? "" : `${path}: `;
  return `${where}${message}${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}`;
}
