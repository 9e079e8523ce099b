import type { Transporter } from "nodemailer";
import { type Channel, ChannelError } from "./channel.ts";
import { plainText, titleOf } from "./message.ts";

const TIMEOUT_MS = 10_000;
const DEFAULT_PORTS = { "smtp:": 587, "smtps:": 465 } as const;

export interface EmailOptions {
  /** `smtps://user:password@host:465`; `smtp://` begins in plain text and changes to TLS where the server can. */
  smtp: string;
  from: string;
  to: readonly string[];
}

export function emailChannel({ smtp, from, to }: EmailOptions): Channel {
  return {
    name: "email",
    single: false,
    send: (notice) =>
      connected(smtp, (transport) =>
        transport.sendMail({ from, to: [...to], subject: titleOf(notice), text: plainText(notice) }),
      ),
  };
}

/** Signs in to the mail server and leaves again. Rejects with ChannelError. */
export function checkMailServer(smtp: string): Promise<void> {
  return connected(smtp, (transport) => transport.verify());
}

async function connected(smtp: string, use: (transport: Transporter) => Promise<unknown>): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    ...serverOf(smtp),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await use(transport);
  } catch (error) {
    // The server's own words may quote what was sent to it while signing in.
    const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
    throw new ChannelError(`the mail server refused (${[code, responseCode].filter(Boolean).join(" ") || "unknown"})`);
  } finally {
    transport.close();
  }
}

/** What is wrong with an address of a mail server; undefined: nothing. */
export function smtpFault(text: string): string | undefined {
  const url = URL.parse(text);
  try {
    decodeURIComponent(`${url?.username}${url?.password}`);
  } catch {
    return "has a user or password with a % that must be written as %25";
  }
  if (!url || !Object.hasOwn(DEFAULT_PORTS, url.protocol) || url.hostname === "")
    return "must have the form smtps://user:password@host:465 or smtp://host:587";
  return undefined;
}

function serverOf(text: string) {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const user = decodeURIComponent(url.username);
  return {
    host,
    port: Number(url.port) || DEFAULT_PORTS[url.protocol as keyof typeof DEFAULT_PORTS],
    secure: url.protocol === "smtps:",
    // A password never crosses a network in plain text.
    requireTLS: user !== "" && !LOOPBACK.test(host),
    ...(user !== "" && { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;
