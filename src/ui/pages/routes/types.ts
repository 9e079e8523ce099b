/** Providers and models as the admin API shows them. */

interface Shown {
  id: string;
  name: string;
  /** What the file declares can be changed only there. */
  origin: "file" | "api";
  state: "active" | "shadowed" | "faulty";
  fault: string | null;
}

export type TargetSetting = string | { target: string; weight?: number };

export interface ModelView extends Shown {
  strategy: string | null;
  targets: TargetSetting[];
  fallbacks: string[] | null;
  timeouts: Record<string, number> | null;
  affinity: string | null;
  continuation: string | null;
  contextTokens: number | null;
  cache: unknown;
}

export interface KeyView {
  name: string;
  weight: number;
  models: string[] | null;
  secret?: string;
  accessKeyId?: string;
}

export interface ProviderView extends Shown {
  type: string;
  baseUrl: string | null;
  keys: KeyView[];
  headers: Record<string, string> | null;
  [setting: string]: unknown;
}
