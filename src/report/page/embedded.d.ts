/** Style sheets that the binary carries: imported with { type: "text" } as their text. */

declare module "*.css" {
  const text: string;
  export default text;
}
