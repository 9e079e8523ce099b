import { expect, test } from "bun:test";
import { isReasoningModel } from "../../src/providers/reasoning-models.ts";

test.each([
  "o1",
  "o3-mini",
  "o4-mini-2025-04-16",
  "gpt-5",
  "gpt-5.2-codex",
  "openai/gpt-5-mini",
  "gpt-oss-120b",
  "deepseek-reasoner",
  "deepseek-ai/DeepSeek-R1",
  "kimi-k2-thinking",
  "Qwen3-235B-A22B-Thinking-2507",
  "grok-4-fast-reasoning",
  "grok-4",
  "qwq-32b",
  "magistral-medium",
  "sonar-reasoning-pro",
  "gemini-2.5-pro",
  "gemini-3-pro-preview",
])("%s thinks", (model) => expect(isReasoningModel(model)).toBe(true));

test.each([
  "gpt-4o",
  "gpt-5-chat-latest",
  "claude-sonnet-4-5",
  "llama-3.3-70b-versatile",
  "grok-4-fast-non-reasoning",
  "deepseek-chat",
  "mistral-large-latest",
  "gemini-2.5-flash",
  "olmo-2",
  "omni-moderation-latest",
])("%s answers at once", (model) => expect(isReasoningModel(model)).toBe(false));
