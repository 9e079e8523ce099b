/** sqlite-vec of this platform, with the name by which SQLite finds its entry point. See `native.ts` for why a table. */
import type { Database } from "bun:sqlite";
import { isEmbedded } from "../embedding/embedded.ts";
import { extractLibrary } from "../embedding/extract.ts";
import type { NativeLibrary } from "../embedding/native.ts";

async function vectorLibrary(): Promise<NativeLibrary | undefined> {
  if (process.platform === "linux" && process.arch === "x64") {
    const { default: path } = await import("../../../node_modules/sqlite-vec-linux-x64/vec0.so", {
      with: { type: "file" },
    });
    return { name: "vec0.so", path };
  }
  if (process.platform === "linux" && process.arch === "arm64") {
    const { default: path } = await import("../../../node_modules/sqlite-vec-linux-arm64/vec0.so", {
      with: { type: "file" },
    });
    return { name: "vec0.so", path };
  }
  if (process.platform === "darwin" && process.arch === "arm64") {
    const { default: path } = await import("../../../node_modules/sqlite-vec-darwin-arm64/vec0.dylib", {
      with: { type: "file" },
    });
    return { name: "vec0.dylib", path };
  }
  return undefined;
}

/** Loads sqlite-vec into a connection. Rejects where there is none or it does not load. */
export async function loadVectorLibrary(database: Database, libraryDirectory: string): Promise<void> {
  const library = await vectorLibrary();
  if (!library) throw new Error(`no vector library for ${process.platform} on ${process.arch}`);
  const path = isEmbedded(library.path)
    ? extractLibrary(await Bun.file(library.path).bytes(), libraryDirectory, library.name)
    : library.path;
  database.loadExtension(path);
}
