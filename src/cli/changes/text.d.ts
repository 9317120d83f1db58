/** `import text from "./changes.md" with { type: "text" }` (facts 4.4). */
declare module "*.md" {
  const text: string;
  export default text;
}
