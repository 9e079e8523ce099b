/** Files imported with `{ type: "file" }`: the default export is their path. */
declare module "*.onnx" {
  const path: string;

  export { path as default };
}
declare module "*.so.1" {
  const path: string;

  export { path as default };
}
declare module "*.dylib" {
  const path: string;

  export { path as default };
}
declare module "*.so" {
  const path: string;

  export { path as default };
}
