/** Files imported with `{ type: "file" }`: the default export is their path. */
declare module "*.br" {
  const path: string;

  export { path as default };
}
