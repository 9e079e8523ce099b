/**
 * Headers of whatever a browser shows: the page takes nothing but what its policy names, is in no frame of others, and
 * tells nobody where it was.
 */
export function pageHeaders(directives: readonly string[], formAction = "'none'"): Record<string, string> {
  const policy = [
    "default-src 'none'",
    ...directives,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
  };
}
