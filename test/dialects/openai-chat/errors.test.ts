import { describe, expect, test } from "bun:test";
import { type FailureClass, GatewayError } from "../../../src/canonical/errors.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";

const openai = (
  message: string,
  code: string | null = null,
  type = "invalid_request_error",
  param: string | null = null,
) => JSON.stringify({ error: { message, type, param, code } });
const parse = (status: number, body: string) => openaiChat.parseError(status, new Headers(), body);

/** Wordings of the vendors, shortened. */
const ANSWERS: [string, number, string, FailureClass][] = [
  ["OpenAI key", 401, openai("Incorrect API key provided: sk-...", "invalid_api_key"), "auth"],
  [
    "xAI key",
    400,
    '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***"}',
    "auth",
  ],
  ["Gemini key", 400, '[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]', "auth"],
  [
    "region",
    403,
    openai("Country, region, or territory not supported", "unsupported_country_region_territory"),
    "auth",
  ],
  [
    "OpenAI rate",
    429,
    openai("Rate limit reached for gpt-4o on tokens per min (TPM)", "rate_limit_exceeded"),
    "rate_limited",
  ],
  [
    "OpenAI quota",
    429,
    openai("You exceeded your current quota, please check your plan", "insufficient_quota"),
    "quota_exhausted",
  ],
  [
    "Groq day",
    429,
    openai("Rate limit reached on tokens per day (TPD): Limit 100000", "rate_limit_exceeded"),
    "quota_exhausted",
  ],
  ["DeepSeek balance", 402, openai("Insufficient Balance"), "quota_exhausted"],
  [
    "xAI credits",
    403,
    '{"code":"permission","error":"Your newly created team doesn\'t have any credits yet"}',
    "quota_exhausted",
  ],
  ["OpenRouter credits", 402, '{"error":{"message":"Insufficient credits","code":402}}', "quota_exhausted"],
  [
    "OpenAI context",
    400,
    openai(
      "This model's maximum context length is 8192 tokens",
      "context_length_exceeded",
      "invalid_request_error",
      "messages",
    ),
    "context_length",
  ],
  [
    "vLLM context",
    400,
    '{"object":"error","message":"This model\'s maximum context length is 4096 tokens.","type":"BadRequestError","code":400}',
    "context_length",
  ],
  [
    "xAI context",
    400,
    '{"error":"This model\'s maximum prompt length is 131072 but the request contains 200000 tokens."}',
    "context_length",
  ],
  [
    "Mistral context",
    400,
    '{"object":"error","message":"Prompt contains 40000 tokens, too large for model with 32768 maximum context length","code":"3051"}',
    "context_length",
  ],
  [
    "llama.cpp context",
    400,
    '{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}',
    "context_length",
  ],
  [
    "TGI context",
    422,
    '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096","error_type":"validation"}',
    "context_length",
  ],
  [
    "Groq size",
    413,
    openai("Request too large for model on tokens per minute (TPM)", "rate_limit_exceeded"),
    "context_length",
  ],
  ["a body too large", 413, openai("Payload Too Large"), "invalid"],
  [
    "OpenAI filter",
    400,
    openai("Your request was rejected as a result of our safety system", "content_policy_violation"),
    "content_filter",
  ],
  [
    "Azure filter",
    400,
    '{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy.","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
    "content_filter",
  ],
  ["DeepSeek filter", 400, openai("Content Exists Risk"), "content_filter"],
  [
    "OpenRouter moderation",
    403,
    '{"error":{"code":403,"message":"Input rejected","metadata":{"reasons":["violence"]}}}',
    "content_filter",
  ],
  [
    "OpenAI model",
    404,
    openai("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found"),
    "model_not_found",
  ],
  [
    "OpenAI project",
    403,
    openai("Project `p` does not have access to model `o3`", "model_not_found"),
    "model_not_found",
  ],
  [
    "Azure deployment",
    404,
    '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
    "model_not_found",
  ],
  [
    "Groq gone",
    400,
    openai("The model `x` has been decommissioned and is no longer supported.", "model_decommissioned"),
    "model_not_found",
  ],
  [
    "Mistral model",
    400,
    '{"object":"error","message":"Invalid model: foo","type":"invalid_model","code":"1500"}',
    "model_not_found",
  ],
  ["Together model", 400, openai("Unable to access non-serverless model x"), "model_not_found"],
  ["OpenRouter model", 400, '{"error":{"message":"foo/bar is not a valid model ID","code":400}}', "model_not_found"],
  ["bare 404", 404, "Not Found", "model_not_found"],
  ["a file", 404, openai("No such File object: file-1"), "invalid"],
  [
    "OpenAI parameter",
    400,
    openai(
      "Unsupported parameter: 'max_tokens' is not supported with this model.",
      "unsupported_parameter",
      "invalid_request_error",
      "max_tokens",
    ),
    "unsupported",
  ],
  [
    "OpenAI value",
    400,
    openai("Unsupported value: 'temperature' does not support 0.2 with this model.", "unsupported_value"),
    "unsupported",
  ],
  ["OpenAI unknown", 400, openai("Unrecognized request argument supplied: foo"), "unsupported"],
  [
    "Mistral extra",
    422,
    '{"detail":[{"type":"extra_forbidden","loc":["body","foo"],"msg":"Extra inputs are not permitted"}]}',
    "unsupported",
  ],
  [
    "Groq property",
    400,
    openai("'messages.1' : for 'role:assistant' property 'reasoning_content' is unsupported"),
    "unsupported",
  ],
  [
    "vLLM tools",
    400,
    '{"object":"error","message":"\\"auto\\" tool choice requires --enable-auto-tool-choice","code":400}',
    "unsupported",
  ],
  [
    "OpenRouter images",
    404,
    '{"error":{"message":"No endpoints found that support image input","code":404}}',
    "unsupported",
  ],
  ["OpenAI wrong type", 400, openai("Invalid type for 'temperature': expected a decimal", "invalid_type"), "invalid"],
  ["image", 400, openai("Error while downloading https://example.com/a.png.", "invalid_image_url"), "invalid"],
  ["Groq flex", 498, openai("Flex tier capacity exceeded", "capacity_exceeded"), "overloaded"],
  ["Cloudflare", 524, "<!DOCTYPE html><html><head><title>A timeout occurred</title></head></html>", "server"],
  ["early", 425, "", "server"],
  ["context words in a crash", 500, openai("maximum context length"), "server"],
];

test.each(ANSWERS)("%s (%d)", (_, status, body, expected) => {
  expect(parse(status, body).class).toBe(expected);
});

describe("facts of an error", () => {
  test.each<[string, string, object]>([
    [
      "OpenAI",
      openai("bad", "unsupported_value", "invalid_request_error", "n"),
      { message: "bad", upstreamCode: "unsupported_value", param: "n" },
    ],
    ["a number as code", '{"error":{"message":"m","code":400}}', { message: "m", upstreamCode: "400" }],
    ["FastAPI", '{"detail":"Invalid API Key"}', { message: "Invalid API Key" }],
    [
      "FastAPI list",
      '{"detail":[{"loc":["body","top_p"],"msg":"must be > 0"},{"loc":["body"],"msg":"odd"}]}',
      { message: "top_p: must be > 0; odd" },
    ],
    ["text as error", '{"error":"broken","code":"x"}', { message: "broken" }],
    ["Azure's gateway", '{"statusCode":429,"message":"Slow down"}', { message: "Slow down" }],
    [
      "OpenRouter",
      '{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"too hot\\"}}"}}}',
      { message: "Provider returned error: too hot" },
    ],
    ["plain text", "upstream connect error", { message: "upstream connect error" }],
    [
      "a page",
      "<html><head><title>502 Bad Gateway</title></head></html>",
      { message: "The upstream answered 400 with an HTML page (502 Bad Gateway)." },
    ],
    ["nothing", "", { message: "The upstream answered 400 without a body." }],
    ["an empty object", "{}", { message: "The upstream answered 400 without a message." }],
  ])("%s", (_, body, expected) => {
    expect(parse(400, body)).toMatchObject(expected);
  });

  test("a long message is cut", () => {
    expect(parse(400, openai("x".repeat(100_000))).message.length).toBeLessThan(2_100);
  });

  test.each([
    ["Please try again in 1.5s.", 1_500],
    ["Please try again in 6m0s.", 360_000],
    ["Please try again in 12ms.", 12],
    ["Please try again in 1h2m3.25s.", 3_723_250],
    ["Please retry after 26 seconds.", 26_000],
    ["Please retry in 2 minutes", 120_000],
    ["Try again later.", undefined],
  ])("%s", (message, expected) => {
    expect(parse(429, openai(message)).retryAfterMs).toBe(expected);
  });
});

describe("shown to clients", () => {
  test.each([
    ["invalid_api_key", "authentication_error", "client"],
    ["budget_exceeded", "insufficient_quota", "gateway"],
    ["model_not_allowed", "permission_error", "client"],
    ["rate_limited", "rate_limit_error", "gateway"],
    ["model_not_found", "invalid_request_error", "client"],
    ["upstream_error", "server_error", "upstream"],
    ["request_too_large", "invalid_request_error", "client"],
  ] as const)("%s is %s of %s", (code, type, source) => {
    const error = new GatewayError(code, "m");
    const body = openaiChat.formatError({ error, requestId: "r", attempts: [] });
    expect(body).toEqual({
      error: { message: "m", type, code: error.code, param: null, source, request_id: "r", attempts: [] },
    });
  });

  test("with the field at fault and every attempt", () => {
    const attempt = { target: "a/m", provider: "a", model: "m", key: "k", kind: "first", startMs: 0 } as const;
    const { error } = openaiChat.formatError({
      error: new GatewayError("invalid_request", "m", { param: "messages" }),
      requestId: "r",
      attempts: [
        {
          ...attempt,
          outcome: "failed",
          status: 500,
          class: "server",
          reason: "server",
          totalMs: 12.7,
          error: "secret",
        },
        { ...attempt, outcome: "failed", reason: "connection" },
      ],
    });
    expect(error).toMatchObject({
      param: "messages",
      attempts: [
        { target: "a/m", status: 500, code: "server", ms: 13 },
        { target: "a/m", status: null, code: "connection", ms: 0 },
      ],
    });
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  test("in a stream as a chunk with error, and no [DONE]", () => {
    const view = { error: new GatewayError("upstream_error", "The stream broke."), requestId: "r", attempts: [] };
    const frame = Buffer.from(openaiChat.formatStreamError(view)).toString();
    expect(frame).toMatch(/^data: \{"error":\{.*\}\}\n\n$/);
    expect(JSON.parse(frame.slice(6))).toEqual(openaiChat.formatError(view));
  });
});
