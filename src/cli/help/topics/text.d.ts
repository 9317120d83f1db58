/** `import text from "./files.md" with { type: "text" }`. */
declare module "*.md" {
  const text: string;
  export default text;
}
