/** POST /v1/chat/completions */
import { openaiChat } from "../../dialects/openai-chat/openai-chat.ts";
import { ingress } from "./ingress.ts";

export const openaiChatIngress = ingress({ dialect: openaiChat, operation: "chat" });
