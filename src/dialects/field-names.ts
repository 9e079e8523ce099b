/**
 * What clients of each dialect call the fields that a target may be unable to honour: a warning names the field as the
 * client wrote it. OpenAI's chat names are the default; a dialect lists only where it differs.
 */
const OPENAI_CHAT = {
  n: "n",
  seed: "seed",
  stop: "stop",
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  logprobs: "logprobs",
  topLogprobs: "top_logprobs",
  responseFormat: "response_format",
  reasoning: "reasoning_effort",
  toolChoice: "tool_choice",
  tools: "tools",
  toolParameters: "tools[].function.parameters",
  strictTools: "tools[].function.strict",
  parallelToolCalls: "parallel_tool_calls",
  user: "user",
  metadata: "metadata",
  serviceTier: "service_tier",
  prediction: "prediction",
  modalities: "modalities",
  audio: "audio",
  participant: "messages[].name",
  audioPart: "messages[].content[].input_audio",
  filePart: "messages[].content[].file",
  imagePart: "messages[].content[].image_url",
} as const;

export type NamedField = keyof typeof OPENAI_CHAT;

const DIFFERENT: Readonly<Record<string, Partial<Record<NamedField, string>>>> = {
  "anthropic-messages": {
    stop: "stop_sequences",
    responseFormat: "output_config.format",
    reasoning: "thinking",
    toolParameters: "tools[].input_schema",
    parallelToolCalls: "tool_choice.disable_parallel_tool_use",
    user: "metadata.user_id",
    strictTools: "tools[].strict",
    filePart: "messages[].content[].document",
    imagePart: "messages[].content[].image",
  },
  "openai-responses": {
    responseFormat: "text.format",
    reasoning: "reasoning",
    toolParameters: "tools[].parameters",
    strictTools: "tools[].strict",
    audioPart: "input[].content[].input_audio",
    filePart: "input[].content[].input_file",
    imagePart: "input[].content[].input_image",
  },
  gemini: {
    n: "generationConfig.candidateCount",
    seed: "generationConfig.seed",
    stop: "generationConfig.stopSequences",
    temperature: "generationConfig.temperature",
    topP: "generationConfig.topP",
    topK: "generationConfig.topK",
    presencePenalty: "generationConfig.presencePenalty",
    frequencyPenalty: "generationConfig.frequencyPenalty",
    logprobs: "generationConfig.responseLogprobs",
    topLogprobs: "generationConfig.logprobs",
    responseFormat: "generationConfig.responseSchema",
    reasoning: "generationConfig.thinkingConfig",
    toolChoice: "toolConfig",
    toolParameters: "tools[].functionDeclarations[].parameters",
    serviceTier: "serviceTier",
    modalities: "generationConfig.responseModalities",
    audioPart: "contents[].parts[].inlineData",
    filePart: "contents[].parts[].fileData",
    imagePart: "contents[].parts[].inlineData",
  },
};

export function fieldName(dialect: string, field: NamedField): string {
  return DIFFERENT[dialect]?.[field] ?? OPENAI_CHAT[field];
}
