/** The store cannot be opened. The message is for the operator's terminal: it names the file. */
export class StoreOpenError extends Error {
  /** Another process serves from this directory; it can be asked instead. */
  readonly inUse: boolean;

  constructor(message: string, options: { cause?: unknown; inUse?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.name = "StoreOpenError";
    this.inUse = options.inUse ?? false;
  }
}

export function cannotOpen(file: string, reason: string, cause?: unknown, inUse = false): StoreOpenError {
  return new StoreOpenError(`Cannot open ${file}: ${reason}.`, { cause, inUse });
}
