/** Where a browser goes after sign-in: a place in the dashboard, whatever the link that began it says. */
const DASHBOARD = "/ui";
/** Only to resolve against. */
const NOWHERE = "http://nowhere.invalid";
const MAX_CHARACTERS = 1_000;

/**
 * What `asked` means as a path below /ui, or /ui itself. It is resolved as a browser would resolve it: backslashes,
 * `//host`, `..` and control characters are how a path of this kind becomes somebody else's address.
 */
export function returnPath(asked: string | null): string {
  if (asked === null || asked.length > MAX_CHARACTERS || !asked.startsWith(DASHBOARD)) return DASHBOARD;
  const url = URL.parse(asked, NOWHERE);
  if (url?.pathname !== DASHBOARD && !url?.pathname.startsWith(`${DASHBOARD}/`)) return DASHBOARD;
  return url.pathname + url.search + url.hash;
}
