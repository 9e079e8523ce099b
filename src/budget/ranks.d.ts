/** Imported with `{ type: "file" }`: the default export is its path. */
declare module "gpt-tokenizer/data/*.tiktoken" {
  const path: string;

  export { path as default };
}
