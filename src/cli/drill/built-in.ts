/**
 * The drill's own configuration, for when there is no other: every dialect once as the primary and once as the
 * fallback, with the resilience settings that hold by default.
 */
import { TIERS } from "../../config/equivalents.ts";
import { resolveValue } from "../../config/load.ts";
import { isBuilt } from "../../config/unsupported.ts";
import { DIALECTS } from "../../dialects/index.ts";
import { SIMULATED_DIALECTS } from "../../providers/simulated/simulated.ts";
import { VENDORS, type Vendor } from "../../providers/vendors.ts";
import { CLIENT_DIALECTS, type ClientDialect } from "./client-dialects.ts";
import { type Lane, laneOf } from "./lanes.ts";
import type { Course } from "./run.ts";

/**
 * A course for each upstream dialect with a client of OpenAI's, and one more where clients speak the upstream's own:
 * there bytes pass through as they came.
 */
export async function builtInCourses(): Promise<Course[]> {
  const vendors = drillVendors();
  const courses: Course[] = [];
  for (const [index, primary] of vendors.entries()) {
    const fallback = vendors[(index + 1) % vendors.length]!;
    const own = primary.responses ? "openai-responses" : primary.dialect;
    const clients = CLIENTS.filter((client) => client === "openai-chat" || client === own);
    for (const client of clients)
      courses.push({
        lane: await lane(primary, fallback, client, 1),
        pooled: await lane(primary, fallback, client, 3),
      });
  }
  return courses;
}

const CLIENTS = Object.keys(CLIENT_DIALECTS) as ClientDialect[];

/** The first vendor of each dialect that can be configured, spoken and simulated. */
function drillVendors(): Vendor[] {
  return DIALECTS.filter(({ name }) => SIMULATED_DIALECTS.includes(name)).flatMap(({ name }) => {
    const row = [...VENDORS.values()].find(
      ({ dialect, type }) => dialect === name && isBuilt("providers.*.type", type),
    );
    return row ?? [];
  });
}

const SMALL_CONTEXT_TOKENS = 8_000;
const LARGE_CONTEXT_TOKENS = 200_000;
const PRICE = { inputPerMillionUsd: 2, outputPerMillionUsd: 8 };
const FALLBACK_PRICE = { inputPerMillionUsd: 3, outputPerMillionUsd: 15 };

async function lane(primary: Vendor, fallback: Vendor, client: ClientDialect, keys: number): Promise<Lane> {
  const target = (vendor: Vendor) => `${vendor.type}/${modelOf(vendor)}`;
  const value = {
    providers: {
      [primary.type]: settingsOf(primary, keys),
      ...(fallback !== primary && { [fallback.type]: settingsOf(fallback, 1) }),
    },
    models: {
      drill: { targets: [target(primary)], fallbacks: ["spare"], contextTokens: SMALL_CONTEXT_TOKENS },
      spare: { targets: [target(fallback)], contextTokens: LARGE_CONTEXT_TOKENS },
    },
    pricing: { [target(fallback)]: FALLBACK_PRICE, [target(primary)]: PRICE },
  };
  const { config, faults } = await resolveValue(value, {
    file: null,
    directory: "/",
    environment: {},
    fetch: (url, init) => fetch(url, init),
  });
  const found = config && (await laneOf(config, "drill", { client, largerContext: true }));
  if (!found) throw new Error(`The drill's own configuration is refused: ${JSON.stringify(faults)}`);
  return { ...found, label: `${primary.dialect} → ${fallback.dialect}` };
}

function settingsOf({ type, dialect }: Vendor, keys: number): object {
  const names = Array.from({ length: keys }, (_, index) => `drill-${index}`);
  if (type === "bedrock")
    return {
      type,
      region: "eu-west-1",
      keys: names.map((name) => ({ name, accessKeyId: name, secretAccessKey: name })),
    };
  return { type, keys: names.map((name) => ({ name, secret: `${dialect}-${name}` })) };
}

function modelOf({ type }: Vendor): string {
  return TIERS.small[type] ?? "drill-model";
}
