import { Card } from "../../components/card.tsx";
import { Fact } from "../../components/fact.tsx";
import { DateTime } from "../../components/time.tsx";
import { count, dateTime } from "../../format.ts";
import { listText, tagsText } from "./list-text.ts";
import { type Kind, type Level, LIMIT_NAMES, type Limits, pathOf } from "./types.ts";

export interface SettingsListProps {
  view: Level;
  /** Addresses of the records it belongs to, by name. */
  teams: readonly Level[];
  customers: readonly Level[];
}

/** What a key, team or customer may do. */
export function SettingsList({ view, teams, customers }: SettingsListProps) {
  const { perUser, previous_valid_until: previous } = view;
  return (
    <Card title="Settings">
      <dl class="level-facts">
        {view.prefix && (
          <Fact name="Begins with">
            <code>{view.prefix}…</code>
          </Fact>
        )}
        {view.team && <Fact name="Team">{linkTo("teams", teams, view.team)}</Fact>}
        {view.customer && <Fact name="Customer">{linkTo("customers", customers, view.customer)}</Fact>}
        <Fact name="Models">{listText(view.models) || "all"}</Fact>
        <Fact name="Providers">{listText(view.providers) || "all"}</Fact>
        <Fact name="Limits">{limitsText(view.limits)}</Fact>
        {perUser && <Fact name="Each end user">{perUserText(perUser)}</Fact>}
        {view.tags && <Fact name="Tags">{tagsText(view.tags)}</Fact>}
        <Fact name="Addresses">{listText(view.ips) || "all"}</Fact>
        <Fact name="Expires">{view.expires ?? "never"}</Fact>
        {previous && <Fact name="Old secret until">{dateTime(previous)}</Fact>}
        {view.created_at && (
          <Fact name="Created">
            <DateTime at={view.created_at} />
          </Fact>
        )}
        {view.updated_at && view.updated_at !== view.created_at && (
          <Fact name="Changed">
            <DateTime at={view.updated_at} />
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function linkTo(kind: Kind, records: readonly Level[], name: string) {
  const found = records.find((record) => record.name === name);
  return found && found.id !== "" ? <a href={pathOf(kind, found.id)}>{name}</a> : name;
}

function limitsText(limits: Limits | null | undefined): string {
  const set = Object.entries(limits ?? {}) as [keyof Limits, number][];
  return (
    set.map(([name, value]) => `${LIMIT_NAMES[name].toLowerCase()}: ${count(value)}`).join(", ") || "none of its own"
  );
}

function perUserText({ budgets = [], limits }: NonNullable<Level["perUser"]>): string {
  const money = budgets.map(({ limitUsd, per }) => `$${limitUsd} per ${per}`);
  return [...money, ...(limits ? [limitsText(limits)] : [])].join(", ");
}
