/** A target that would lose tools, a required form or media of a request is tried after those that keep them. */
import { expect, test } from "bun:test";
import { startGateway } from "./harness.ts";
import { upstream } from "./upstreams.ts";

const IMAGE = { type: "image_url", image_url: { url: "https://127.0.0.1/pixel.png" } };

function ask(content: unknown, extra: object = {}) {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "fast", messages: [{ role: "user", content }], ...extra }),
  };
}

test("images go to the target that takes addresses, and plain text to the first one", async () => {
  using ollama = upstream({ dialect: "ollama" });
  using openai = upstream({ dialect: "openai-chat" });
  const config = `export default {
    providers: {
      local: { type: "ollama", baseUrl: "${ollama.url}" },
      openai: { type: "openai-compatible", baseUrl: "${openai.url}/v1" },
    },
    models: { fast: ["local/llama3.2", "openai/gpt-4o"], only: ["local/llama3.2"] },
    media: { fetch: false },
  };`;
  await using gateway = await startGateway({ config });
  const path = "/v1/chat/completions";
  const plain = await gateway.fetch(path, ask("hi"));
  expect(plain.headers.get("x-evergate-model")).toBe("local/llama3.2");

  const content = [{ type: "text", text: "What is this?" }, IMAGE];
  const seen = await gateway.fetch(path, ask(content));
  expect(seen.headers.get("x-evergate-model")).toBe("openai/gpt-4o");
  expect(seen.headers.get("x-evergate-warnings")).toBeNull();
  expect(seen.headers.get("x-evergate-attempts")).toBe("1");

  const lost = await gateway.fetch(path, ask(content, { model: "only" }));
  expect(lost.status).toBe(200);
  expect(lost.headers.get("x-evergate-warnings")).toContain("messages[].content[].image_url");
});

test("where addresses are fetched, one inside the network is refused, not fetched, and said to be the client's fault", async () => {
  using ollama = upstream({ dialect: "ollama" });
  const config = `export default {
    providers: { local: { type: "ollama", baseUrl: "${ollama.url}" } },
    models: { fast: ["local/llama3.2"] },
  };`;
  await using gateway = await startGateway({ config });
  const response = await gateway.fetch("/v1/chat/completions", ask([IMAGE]));
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toContain("is not public");
  expect(ollama.requests).toHaveLength(0);
});
