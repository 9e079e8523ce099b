/** A browser as far as sign-in needs one: cookies by host and path, redirects, and a form that is filled in. */

export interface Browser {
  /** Follows redirects until an answer is none, or until `stopAt` takes the next address. */
  open(url: string, stopAt?: (url: string) => boolean): Promise<Visit>;
  /** Fills in the first form of a page and sends it. */
  submit(visit: Visit, fields: Record<string, string>, stopAt?: (url: string) => boolean): Promise<Visit>;
  /** The value of a cookie; undefined when there is none. */
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string, url: string): void;
  /** What it would send as `cookie`. */
  cookiesFor(url: string): string;
}

export interface Visit {
  /** Where it ended; with `stopAt` the address that was not opened. */
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** Every address on the way. */
  way: string[];
}

interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  httpOnly: boolean;
  sameSite: string | undefined;
}

const MAX_REDIRECTS = 20;

export type Reach = (url: string, init: RequestInit) => Promise<Response>;

/** `reach` stands for the network: it may lead a name to a server of the test. */
export function browser(reach: Reach = (url, init) => fetch(url, init)): Browser {
  const jar: Cookie[] = [];

  const keep = (header: string, url: string) => {
    const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const attribute = (name: string) =>
      attributes
        .find((one) => one.toLowerCase().split("=")[0] === name)
        ?.split("=")
        .slice(1)
        .join("=");
    const { hostname, protocol } = new URL(url);
    if (attribute("secure") !== undefined && protocol !== "https:") return;
    const name = pair.slice(0, at);
    const path = attribute("path") || "/";
    const index = jar.findIndex((one) => one.name === name && one.host === hostname && one.path === path);
    if (index >= 0) jar.splice(index, 1);
    const expires = attribute("expires");
    if (attribute("max-age") === "0" || (expires && Date.parse(expires) < Date.now())) return;
    const httpOnly = attribute("httponly") !== undefined;
    jar.push({ name, value: pair.slice(at + 1), host: hostname, path, httpOnly, sameSite: attribute("samesite") });
  };

  const cookiesFor = (url: string) => {
    const { hostname, pathname } = new URL(url);
    return jar
      .filter(
        ({ host, path }) => host === hostname && (pathname === path || pathname.startsWith(path.replace(/\/?$/, "/"))),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  };

  const go = async (start: string, init: RequestInit, stopAt?: (url: string) => boolean): Promise<Visit> => {
    const way: string[] = [];
    let url = start;
    let request = init;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      way.push(url);
      const cookie = cookiesFor(url);
      const headers = { ...(request.headers as Record<string, string>), ...(cookie !== "" && { cookie }) };
      const response = await reach(url, { ...request, headers, redirect: "manual" });
      for (const header of response.headers.getSetCookie()) keep(header, url);
      const location = response.headers.get("location");
      const text = await response.text();
      if (response.status < 300 || response.status >= 400 || location === null)
        return { url, status: response.status, headers: response.headers, text, way };
      url = new URL(location, url).href;
      if (stopAt?.(url)) return { url, status: response.status, headers: response.headers, text, way };
      request = { method: "GET" };
    }
    throw new Error(`too many redirects: ${way.join(" ")}`);
  };

  return {
    open: (url, stopAt) => go(url, { method: "GET" }, stopAt),
    submit(visit, fields, stopAt) {
      const action = /<form[^>]*action="([^"]+)"/.exec(visit.text)?.[1];
      if (action === undefined)
        throw new Error(`no form at ${visit.url} (${visit.status}): ${visit.text.slice(0, 500)}`);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const body = new URLSearchParams(fields).toString();
      return go(new URL(action, visit.url).href, { method: "POST", headers, body }, stopAt);
    },
    cookie: (name) => jar.find((one) => one.name === name)?.value,
    setCookie: (name, value, url) => keep(`${name}=${value}; Path=/`, url),
    cookiesFor,
  };
}
