/** What a person sees when sign-in did not work: what to do about it. A page without scripts or anything from elsewhere. */
import type { Exchange } from "../exchange.ts";
import { pageHeaders } from "../page-headers.ts";
import type { SignInReason } from "./sign-in-error.ts";

interface Text {
  status: number;
  title: string;
  text: string;
  /** What to do. */
  advice: string;
}

type PageReason = SignInReason | "rate_limited";

const AGAIN = "Start again from the dashboard.";
const OPERATOR = "Whoever runs the gateway finds the reason in its log, under the id below.";

/** `PROVIDER` stands for the label on the button. */
const TEXTS: Record<PageReason, Text> = {
  expired: {
    status: 400,
    title: "This sign-in is over",
    text: "It was begun more than ten minutes ago, in another browser or at another address, or has ended before.",
    advice: AGAIN,
  },
  state: {
    status: 400,
    title: "This answer belongs to no sign-in of yours",
    text: "What came back from PROVIDER is of another sign-in than the one begun in this browser.",
    advice: AGAIN,
  },
  cancelled: {
    status: 403,
    title: "Not signed in",
    text: "Sign-in was cancelled at PROVIDER.",
    advice: AGAIN,
  },
  unreachable: {
    status: 502,
    title: "PROVIDER cannot be reached",
    text: "The gateway got no usable answer from it.",
    advice: `Try again in a minute. ${OPERATOR}`,
  },
  refused: {
    status: 502,
    title: "PROVIDER refused the gateway",
    text: "Client id, client secret or the registered redirect URI are probably wrong, or the code was used before.",
    advice: `${AGAIN} ${OPERATOR}`,
  },
  invalid: {
    status: 502,
    title: "The answer of PROVIDER is not valid",
    text: "It did not pass the gateway's checks, so nobody was signed in.",
    advice: `${AGAIN} ${OPERATOR}`,
  },
  mail_unverified: {
    status: 403,
    title: "This account has no verified mail address",
    text: "PROVIDER does not say that the mail address of this account is verified.",
    advice: "Verify it at PROVIDER, then start again.",
  },
  not_admitted: {
    status: 403,
    title: "This account may not sign in here",
    text: "It belongs to none of the domains, organizations or teams that may.",
    advice: "Sign in at PROVIDER with another account, or ask whoever runs the gateway.",
  },
  no_role: {
    status: 403,
    title: "This account has no role here",
    text: "PROVIDER has confirmed who you are, but no rule gives you a role.",
    advice: "Ask whoever runs the gateway for a rule under sso.roles.",
  },
  no_public_url: {
    status: 400,
    title: "The gateway does not know its public address",
    text: "Without server.publicUrl PROVIDER cannot send you back here.",
    advice: "Ask whoever runs the gateway to set server.publicUrl.",
  },
  rate_limited: {
    status: 429,
    title: "Too many failed sign-ins",
    text: "Too many sign-ins from your address have failed.",
    advice: "Try again in a quarter of an hour.",
  },
};

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}small{opacity:.7}";

/** Nothing may run, load, frame or be sent from here; the style is allowed by its hash. */
const SECURITY = pageHeaders([`style-src 'sha256-${new Bun.CryptoHasher("sha256").update(STYLE).digest("base64")}'`]);

export interface PageOptions {
  reason: PageReason;
  provider: string;
  /** Shown to the person whose it is. */
  account?: string | undefined;
  publicUrl: string | null;
}

export function signInPage({ requestId }: Exchange, { reason, provider, account, publicUrl }: PageOptions): Response {
  const { status, ...texts } = TEXTS[reason];
  const said = (text: string) => Bun.escapeHTML(text.replaceAll("PROVIDER", () => provider));
  const [title, text] = [said(texts.title), said(texts.text)];
  const where = reason === "expired" && publicUrl !== null ? ` Use the address ${publicUrl}/ui.` : "";
  const whose = account === undefined ? "" : `<p>Account: <strong>${Bun.escapeHTML(account)}</strong></p>\n`;
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<h1>${title}</h1>
<p>${text}</p>
${whose}<p>${said(texts.advice + where)}</p>
<p><a href="/ui">To the dashboard</a></p>
<p><small>${requestId}</small></p>
</html>
`;
  return new Response(body, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...SECURITY,
      "cache-control": "no-store",
      "x-evergate-request-id": requestId,
    },
  });
}
