/** The configuration in force, a check of another one, who changed what, and one's own session. */
import type { ComponentChildren } from "preact";
import { PageHead } from "../components/page-head.tsx";
import { Segmented } from "../components/segmented.tsx";
import { useQuery } from "../location.tsx";
import type { Role } from "../roles.ts";
import { useHolder } from "../session.tsx";
import { Audit } from "./settings/audit.tsx";
import { CheckConfig } from "./settings/check.tsx";
import { Configuration } from "./settings/configuration.tsx";
import { SessionView } from "./settings/session-view.tsx";

interface View {
  name: string;
  text: string;
  roles: readonly Role[];
  render(): ComponentChildren;
}

const VIEWS: readonly View[] = [
  { name: "configuration", text: "Configuration", roles: ["admin", "viewer"], render: () => <Configuration /> },
  { name: "check", text: "Check", roles: ["admin"], render: () => <CheckConfig /> },
  { name: "audit", text: "Audit", roles: ["admin", "viewer"], render: () => <Audit /> },
  { name: "session", text: "Session", roles: ["admin", "viewer", "team"], render: () => <SessionView /> },
];

export function Settings() {
  const { role } = useHolder();
  const views = VIEWS.filter(({ roles }) => roles.includes(role));
  const first = views[0]!.name;
  const [{ show }] = useQuery({ show: first });
  const view = views.find(({ name }) => name === show) ?? views[0]!;
  return (
    <>
      <PageHead title="Settings">
        {views.length > 1 && (
          <Segmented
            name="show"
            label="Part"
            initial={first}
            value={view.name}
            options={views.map(({ name, text }) => [name, text])}
          />
        )}
      </PageHead>
      {view.render()}
    </>
  );
}
