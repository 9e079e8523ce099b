/**
 * The dashboard's files. The binary carries them bundled: there the import of `index.html` is a list of them. From the
 * source it is the page's path, and they are bundled when first asked for.
 */
import { basename, extname } from "node:path";
import page from "../ui/index.html";

export interface DashboardFile {
  body: Uint8Array<ArrayBuffer>;
  /** The same, compressed; absent where that would save nothing. */
  gzip?: Uint8Array<ArrayBuffer>;
  contentType: string;
}

export interface DashboardFiles {
  page: DashboardFile;
  /** By name; the names hold a hash of the content. */
  assets: ReadonlyMap<string, DashboardFile>;
}

export const ASSETS_PATH = "/ui/assets/";

/** @throws an AggregateError with the bundler's messages where the source does not build. */
export async function loadDashboard(): Promise<DashboardFiles> {
  const files = page.files ? await embedded(page.files.map(({ path }) => path)) : await bundled(page.index);
  const assets = new Map<string, DashboardFile>();
  let html: string | undefined;
  for (const [name, text] of files) {
    if (name.endsWith(".html")) html = new TextDecoder().decode(text);
    else assets.set(name, fileOf(name, text));
  }
  if (html === undefined) throw new Error("The dashboard was built without its page.");
  // The bundler refers to files at the root; ours are in a folder of their own.
  for (const name of assets.keys()) html = html.replaceAll(`"/${name}"`, `"${ASSETS_PATH}${name}"`);
  return { page: fileOf("index.html", new TextEncoder().encode(html)), assets };
}

type Files = [name: string, content: Uint8Array<ArrayBuffer>][];

function embedded(paths: readonly string[]): Promise<Files> {
  return Promise.all(paths.map(async (path) => [basename(path), await Bun.file(path).bytes()]));
}

async function bundled(entry: string): Promise<Files> {
  const { outputs } = await Bun.build({ entrypoints: [entry], target: "browser", publicPath: "/", minify: true });
  return Promise.all(
    outputs.map(async (output) => [basename(output.path), new Uint8Array(await output.arrayBuffer())]),
  );
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

function fileOf(name: string, body: Uint8Array<ArrayBuffer>): DashboardFile {
  const gzip = Bun.gzipSync(body, { level: 9 });
  return {
    body,
    contentType: TYPES[extname(name)] ?? "application/octet-stream",
    ...(gzip.length < body.length && { gzip }),
  };
}
