import manifest from "../../package.json" with { type: "json" };

declare const EVERGATE_VERSION: string | undefined;

/** Set when the binary is built, with the commit; from the source it is the manifest's. */
export const VERSION: string = typeof EVERGATE_VERSION === "undefined" ? manifest.version : EVERGATE_VERSION;
