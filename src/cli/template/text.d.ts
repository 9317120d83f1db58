/** `import text from "./nsomem.toml.txt" with { type: "text" }`. */
declare module "*.txt" {
  const text: string;
  export default text;
}
