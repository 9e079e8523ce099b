/**
 * `bun scripts/slow/agents.ts`: Claude Code, Codex CLI and Gemini CLI themselves, installed from npm and started by the
 * lines of docs/clients.md, at the compiled binary over a provider of their own dialect and over foreign ones: a
 * question each, and one that makes them use a tool. A line a check, then `N passed, N failed`; exit code 1 on any
 * failure. They have a home of their own, and nothing of this environment but the gateway's address and key.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { modelOf, type ProviderName, startWorld, type World } from "../../test/e2e/sdks/world.ts";

const ROOT = `${import.meta.dir}/../..`;
const INSTALL_LIMIT_MS = 600_000;
const RUN_LIMIT_MS = 120_000;
const SHOWN_CHARACTERS = 2_000;
/** As the documentation asks. */
const QUESTION = "Say hello.";

interface Agent {
  package: string;
  version: string;
  /** Heading in docs/clients.md that its lines stand under. */
  heading: string;
  /** Where the file goes that they tell of, from the home; and its language there. */
  file?: { path: string; language: "toml" | "json" };
  /** A question whose words make the simulated model call this tool of the agent's. */
  toolQuestion: string;
}

const AGENTS: readonly Agent[] = [
  {
    package: "@anthropic-ai/claude-code",
    version: "2.1.197",
    heading: "Claude Code",
    toolQuestion: "Please call Read.",
  },
  {
    package: "@openai/codex",
    version: "0.169.0",
    heading: "Codex CLI",
    file: { path: ".codex/config.toml", language: "toml" },
    toolQuestion: "Please call exec_command.",
  },
  {
    package: "@google/gemini-cli",
    version: "0.61.0",
    heading: "Gemini CLI",
    file: { path: ".gemini/settings.json", language: "json" },
    toolQuestion: "Please call list_directory.",
  },
];
/**
 * Models that Codex knows by name, for which it declares its tools in other forms: a custom tool with a grammar, and
 * groups in the input.
 */
const KNOWN_MODELS: readonly { model: string; provider: ProviderName; question: string }[] = [
  { model: "gpt-5.5", provider: "claude", question: "Please call apply_patch." },
  { model: "gpt-6-sol", provider: "google", question: "Please call functions__exec." },
];
const PROVIDERS: readonly ProviderName[] = ["openai", "claude", "google", "compatible"];

const bin = await installed();
const documentation = await Bun.file(`${ROOT}/docs/clients.md`).text();
const aliases = Object.fromEntries(KNOWN_MODELS.map(({ model, provider }) => [model, provider]));
await using world = await startWorld(["words"], PROVIDERS, aliases);
let passed = 0;
let failed = 0;
for (const agent of AGENTS) {
  for (const provider of PROVIDERS) {
    const model = modelOf("words", provider);
    for (const question of [QUESTION, agent.toolQuestion]) await tell(agent, { model, provider, question });
  }
}
const codex = AGENTS.find(({ heading }) => heading === "Codex CLI")!;
for (const known of KNOWN_MODELS) await tell(codex, known);
console.log(`${passed} passed, ${failed} failed`);
// Not an exit at once: what was started has to end first.
process.exitCode = failed > 0 ? 1 : 0;

interface Asked {
  model: string;
  /** The one behind the model. */
  provider: ProviderName;
  question: string;
}

async function tell(agent: Agent, asked: Asked): Promise<void> {
  const line = `${agent.heading} ${agent.version}, ${asked.model} at ${asked.provider}: ${asked.question}`;
  const fault = await faultOf(agent, asked, world);
  if (fault === undefined) passed += 1;
  else failed += 1;
  console.log(fault === undefined ? `ok    ${line}` : `FAIL  ${line}\n${fault}`);
}

async function faultOf(
  agent: Agent,
  { model, provider, question }: Asked,
  { reach, upstreamOf }: World,
): Promise<string | undefined> {
  const home = await mkdtemp(`${tmpdir()}/evergate-agent-`);
  try {
    const own = (text: string) =>
      text
        .replaceAll("http://127.0.0.1:4000", reach.url)
        .replaceAll(/(?<=[ "=])fast\b/g, model)
        .replaceAll(QUESTION, question);
    if (agent.file) await Bun.write(`${home}/${agent.file.path}`, own(lines(agent.heading, agent.file.language)));
    await mkdir(`${home}/work`);
    const before = upstreamOf("words", provider).requests.length;
    const script = `git init -q . && ${own(lines(agent.heading, "sh"))}`;
    const child = Bun.spawn(["sh", "-c", script], {
      cwd: `${home}/work`,
      env: { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: home, EVERGATE_KEY: reach.key, NO_COLOR: "1" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: RUN_LIMIT_MS,
    });
    const [said, faults] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const exitCode = await child.exited;
    const printed = `exit code ${exitCode}\n${said}${faults}`.slice(-SHOWN_CHARACTERS);
    if (exitCode !== 0 || !said.includes("This is a simulated answer")) return printed;
    if (question === QUESTION) return undefined;
    // What the tool printed went back to the model, which quoted it.
    const asked = upstreamOf("words", provider).requests.length - before;
    return asked > 1 && said.includes("The tool said") ? undefined : `no second turn; ${printed}`;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The first block of this language below the heading. */
function lines(heading: string, language: string): string {
  const section = documentation.split(`\n### ${heading}\n`)[1] ?? "";
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(section)?.[1];
  if (block === undefined) throw new Error(`docs/clients.md has no ${language} below "${heading}".`);
  return block;
}

/** Their programs' folder: npm puts them below node_modules, once for a list of versions. */
async function installed(): Promise<string> {
  const packages = AGENTS.map(({ package: name, version }) => `${name}@${version}`);
  const folder = `${ROOT}/node_modules/.cache/evergate-agents/${Bun.hash(packages.join()).toString(36)}`;
  const programs = `${folder}/node_modules/.bin`;
  if (existsSync(`${folder}/complete`)) return programs;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Bun.write(`${folder}/package.json`, '{ "private": true }');
  const npm = Bun.spawn(["npm", "install", "--no-audit", "--no-fund", "--silent", "--save-exact", ...packages], {
    cwd: folder,
    stdout: "inherit",
    stderr: "inherit",
    timeout: INSTALL_LIMIT_MS,
  });
  if ((await npm.exited) !== 0) throw new Error("npm could not install the agents.");
  await Bun.write(`${folder}/complete`, packages.join("\n"));
  return programs;
}
