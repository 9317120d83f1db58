/** `import text from "./plot.sh" with { type: "text" }`: without the attribute it would be empty (facts 4.4). */
declare module "*.sh" {
  const text: string;
  export default text;
}
