/** Examples of `/openapi.json` about providers and models made by API. */
const MADE = {
  origin: "api",
  state: "active",
  fault: null,
  created_at: "2026-11-23T04:22:00.000Z",
  updated_at: "2026-11-23T04:22:00.000Z",
};

export const ROUTING_EXAMPLES = {
  providers: {
    shown: {
      id: "provider_3kTz9QmWb1XcVy7L",
      name: "openai-eu",
      type: "openai",
      baseUrl: "https://eu.api.openai.com/v1",
      keys: [{ name: "key-1", secret: "…x7Qa", weight: 1, models: null }],
      headers: null,
      forwardHeaders: null,
      timeouts: null,
      ...MADE,
    },
    created: {
      name: "openai-eu",
      type: "openai",
      baseUrl: "https://eu.api.openai.com/v1",
      keys: ["sk-example-example-example-x7Qa"],
    },
    changed: {
      keys: [
        { name: "key-1", weight: 2 },
        { name: "b", secret: "sk-another-example-example-b3Rt" },
      ],
    },
  },
  models: {
    shown: {
      id: "model_8FhR2sNd0PqLw5Ze",
      name: "fast",
      strategy: "latency",
      targets: ["openai-eu/gpt-4o-mini", { target: "groq/llama-3.3-70b-versatile", weight: 2 }],
      fallbacks: null,
      timeouts: null,
      affinity: null,
      continuation: null,
      contextTokens: null,
      cache: null,
      ...MADE,
    },
    created: {
      name: "fast",
      strategy: "latency",
      targets: ["openai-eu/gpt-4o-mini", { target: "groq/llama-3.3-70b-versatile", weight: 2 }],
    },
    changed: { strategy: "fallback", fallbacks: null },
  },
};
