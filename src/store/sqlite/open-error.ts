/** The store cannot be opened. The message is for the operator's terminal: it names the file. */
export class StoreOpenError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreOpenError";
  }
}

export function cannotOpen(file: string, reason: string, cause?: unknown): StoreOpenError {
  return new StoreOpenError(`Cannot open ${file}: ${reason}.`, cause);
}
