import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { bytes, count, duration } from "../../format.ts";
import { link } from "../../location.tsx";
import { type CacheConfig, modelsWithOwn, settingsOf } from "./settings.ts";
import type { CacheSettings, CacheStatistics } from "./types.ts";

interface Space {
  model: string | null;
  settings: CacheSettings | false;
}

const MEANINGS: Record<string, string> = {
  off: "equal requests only",
  shadow: "learns, serves equal requests only",
  verified: "serves what the evidence bears",
  on: "serves what passes every guard",
};

const EMBEDDING: Record<string, string> = {
  idle: "starts with the first call",
  starting: "is starting",
  ready: "is ready",
  off: "is not running: equal requests only",
};

/** What is served by which rule, and how much is kept. */
export function Modes({ view, config }: { view: CacheStatistics; config: CacheConfig }) {
  const rows: Space[] = [
    { model: null, settings: config.cache },
    ...modelsWithOwn(config).map((model) => ({ model, settings: settingsOf(config, model) })),
  ];
  const kept = (model: string | null) => view.spaces.find((space) => space.model === model);
  return (
    <Card title="Mode" aside={`the embedding model ${EMBEDDING[view.embedding] ?? view.embedding}`}>
      <DataTable
        caption="Cache settings, of all models and of those with their own"
        rows={rows}
        rowKey={({ model }) => model ?? ""}
        columns={[
          {
            title: "Model",
            main: true,
            cell: ({ model }) =>
              model === null ? "All models" : <a href={link("/ui/requests", { model })}>{model}</a>,
          },
          { title: "Mode", cell: ({ settings }) => <Mode settings={settings} /> },
          {
            title: "Kept for",
            numeric: true,
            cell: ({ settings }) => (settings === false ? "–" : duration(settings.exact?.ttlMs)),
          },
          { title: "Entries", numeric: true, cell: ({ model }) => count(kept(model)?.entries ?? 0) },
          { title: "Size", numeric: true, cell: ({ model }) => bytes(kept(model)?.bytes ?? 0) },
        ]}
      />
      <p class="muted small">
        Entries are shared within one {config.cache.scope ?? "key"}.
        {config.cache.semantic?.judge && ` ${config.cache.semantic.judge.model} judges what the guards leave open.`}
      </p>
    </Card>
  );
}

function Mode({ settings }: { settings: CacheSettings | false }) {
  if (settings === false) return <Badge>no cache</Badge>;
  const mode = settings.semantic?.mode ?? "off";
  const bound = mode === "verified" ? ` (at most ${settings.semantic?.maxWrongPercent ?? 1} % wrong)` : "";
  return (
    <>
      <Badge tone={mode === "on" || mode === "verified" ? "ok" : "neutral"}>{mode}</Badge>{" "}
      <span class="muted small">
        {MEANINGS[mode]}
        {bound}
      </span>
    </>
  );
}
