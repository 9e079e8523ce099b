/** What `evergate init` asks on a terminal. */
import { cancel, intro, isCancel, multiselect, text } from "@clack/prompts";
import type { InitAnswers } from "./init-template.ts";

/** Undefined when the operator gave up. */
export async function askInit(found: InitAnswers): Promise<InitAnswers | undefined> {
  intro("evergate init");
  const providers = await askProviders(found.providers);
  if (!providers) return undefined;
  const port = await text({
    message: "Port to listen on",
    initialValue: String(found.port),
    validate: (value) => (isPort(value) ? undefined : "A whole number from 1 to 65535"),
  });
  if (isCancel(port)) return giveUp();
  return { providers, port: Number(port) };
}

async function askProviders(found: InitAnswers["providers"]): Promise<InitAnswers["providers"] | undefined> {
  const names = Object.keys(found);
  if (names.length === 0) return found;
  const chosen = await multiselect({
    message: "Providers found in the environment",
    options: names.map((name) => ({ value: name, label: name })),
    initialValues: names,
    required: false,
  });
  if (isCancel(chosen)) return giveUp();
  return Object.fromEntries(Object.entries(found).filter(([name]) => chosen.includes(name)));
}

function isPort(value: string | undefined): boolean {
  return /^\d{1,5}$/.test(value ?? "") && Number(value) >= 1 && Number(value) <= 65_535;
}

function giveUp(): undefined {
  cancel("Given up.");
  return undefined;
}
