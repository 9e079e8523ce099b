import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Role } from "./roles.ts";
import { useHolder } from "./session.tsx";

/** The pages that there are, without what draws them: a page that imported the registry would import itself. */
export const KnownPages = createContext<readonly { path: string; roles: readonly Role[] }[]>([]);

export interface PageLinkProps {
  /** Of a page of the registry. */
  path: string;
  /** With its question mark. */
  query?: string;
  children: ComponentChildren;
}

/** A link to another page of the dashboard; plain text where it does not exist, or not for the reader's role. */
export function PageLink({ path, query = "", children }: PageLinkProps) {
  const { role } = useHolder();
  const known = useContext(KnownPages).some((page) => page.path === path && page.roles.includes(role));
  return known ? <a href={path + query}>{children}</a> : <span>{children}</span>;
}
