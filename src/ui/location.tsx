/**
 * Where we are: the address is the state. Filters, ranges and pages live in it, so that any view can be linked to,
 * reloaded and gone back from. A plain `<a href="/ui/…">` is enough: clicks on such links are taken over here.
 */
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";

export interface Location {
  /** Without the query and without a slash at its end. */
  path: string;
  query: URLSearchParams;
  /** `replace`: no step of its own in the history, as for a filter being typed. */
  navigate(href: string, options?: { replace?: boolean }): void;
}

const LocationContext = createContext<Location | undefined>(undefined);

export function LocationProvider({ children }: { children: ComponentChildren }) {
  const [href, setHref] = useState(() => location.pathname + location.search);
  useEffect(() => {
    const follow = () => setHref(location.pathname + location.search);
    const takeOver = (event: MouseEvent) => {
      const target = ownLink(event);
      if (target === undefined) return;
      event.preventDefault();
      history.pushState(null, "", target);
      follow();
      scrollTo(0, 0);
    };
    addEventListener("popstate", follow);
    document.addEventListener("click", takeOver);
    return () => {
      removeEventListener("popstate", follow);
      document.removeEventListener("click", takeOver);
    };
  }, []);
  const value = useMemo(() => {
    const url = new URL(href, location.origin);
    return {
      path: url.pathname.replace(/\/+$/, "") || "/",
      query: url.searchParams,
      navigate(to: string, { replace = false } = {}) {
        if (replace) history.replaceState(null, "", to);
        else history.pushState(null, "", to);
        setHref(location.pathname + location.search);
      },
    };
  }, [href]);
  return <LocationContext.Provider value={value}>{children}</LocationContext.Provider>;
}

export function useLocation(): Location {
  return useContext(LocationContext)!;
}

/**
 * Values of the address by name, and a way to change some of them. What equals its default is left out of the address,
 * so that a view has one address.
 *
 *     const [filters, setFilters] = useQuery({ range: "24h", model: "" });
 */
export function useQuery<Names extends string>(
  defaults: Readonly<Record<Names, string>>,
): [Record<Names, string>, (changes: Partial<Record<Names, string>>, options?: { replace?: boolean }) => void] {
  const { path, query, navigate } = useLocation();
  const values = readQuery(query, defaults);
  return [values, (changes, options) => navigate(path + writeQuery(query, defaults, changes), options)];
}

export function readQuery<Names extends string>(
  query: URLSearchParams,
  defaults: Readonly<Record<Names, string>>,
): Record<Names, string> {
  const names = Object.keys(defaults) as Names[];
  return Object.fromEntries(names.map((name) => [name, query.get(name) ?? defaults[name]])) as Record<Names, string>;
}

/** With its question mark, or "" where nothing differs from the defaults. Other parameters stay as they are. */
export function writeQuery<Names extends string>(
  query: URLSearchParams,
  defaults: Readonly<Record<Names, string>>,
  changes: Partial<Record<Names, string>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes) as [Names, string | undefined][]) {
    if (value === undefined || value === "" || value === defaults[name]) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === "" ? "" : `?${text}`;
}

/** `/ui/requests` with what is not empty as its query: `link("/ui/requests", { model: "fast" })`. */
export function link(path: string, query: Readonly<Record<string, string | boolean | null | undefined>> = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The address of a link of ours that was clicked plainly; undefined for everything the browser shall do itself. */
function ownLink(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const anchor = (event.target as Element).closest?.("a");
  if (anchor?.target !== "" || anchor.hasAttribute("download")) return undefined;
  const url = new URL(anchor.href, location.href);
  // Within the page, such as the link to skip the navigation, the browser moves the focus as well.
  const within = url.hash !== "" && url.pathname === location.pathname && url.search === location.search;
  if (url.origin !== location.origin || within) return undefined;
  return url.pathname === "/ui" || url.pathname.startsWith("/ui/") ? url.pathname + url.search : undefined;
}
