/**
 * Why a secret could not be read, in words for the operator. Never made from a manager's own words: they may quote what
 * was sent to it.
 */
export class SecretFault extends Error {
  /** The manager did not answer at all, or with a failure of its own. */
  readonly isDown: boolean;

  constructor(message: string, options: { isDown?: boolean } = {}) {
    super(message);
    this.isDown = options.isDown ?? false;
  }
}
