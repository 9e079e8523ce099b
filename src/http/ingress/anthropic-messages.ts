/** POST /v1/messages */
import { anthropicMessages } from "../../dialects/anthropic-messages/anthropic-messages.ts";
import { ingress } from "./ingress.ts";

export const anthropicMessagesIngress = ingress({ dialect: anthropicMessages, operation: "chat" });
