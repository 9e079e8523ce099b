/**
 * The one table of native libraries which the embedding model needs, by platform. `process.platform` and
 * `process.arch` are constants to the bundler, so only the row of the platform it builds for is embedded.
 * onnxruntime-node brings no library for macOS on Intel.
 */
export interface NativeLibrary {
  /** Name under which the addon asks the system for it: the file must be called exactly so. */
  name: string;
  /** Where the library is: in node_modules, or inside the compiled binary. */
  path: string;
}

/** The inference library of this platform, undefined where there is none. */
export async function nativeLibrary(): Promise<NativeLibrary | undefined> {
  if (process.platform === "linux" && process.arch === "x64") {
    const { default: path } = await import(
      "../../../node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
      { with: { type: "file" } }
    );
    return { name: "libonnxruntime.so.1", path };
  }
  if (process.platform === "linux" && process.arch === "arm64") {
    const { default: path } = await import(
      "../../../node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
      { with: { type: "file" } }
    );
    return { name: "libonnxruntime.so.1", path };
  }
  if (process.platform === "darwin" && process.arch === "arm64") {
    const { default: path } = await import(
      "../../../node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib",
      { with: { type: "file" } }
    );
    return { name: "libonnxruntime.1.dylib", path };
  }
  return undefined;
}
