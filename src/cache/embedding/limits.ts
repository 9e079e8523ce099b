/** The model sees this many word pieces, `[CLS]` and `[SEP]` among them; what is beyond is invisible to it. */
export const MAX_PIECES = 256;
