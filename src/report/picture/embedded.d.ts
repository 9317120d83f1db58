/** Files that the binary carries: imported with { type: "file" } as a path that Bun.file reads. */

declare module "*.wasm" {
  const path: string;
  export default path;
}

declare module "*.ttf" {
  const path: string;
  export default path;
}
