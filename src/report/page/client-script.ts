/** The page's code as one script, made while nsomem itself is bundled: a macro, see page.ts. */

/**
 * Bundles client/main.ts for browsers and returns it minified. Run by Bun's bundler, and from sources by Bun's
 * transpiler; a second process, since a macro must not call Bun.build ("this would cause a deadlock").
 */
export function buildClientScript(): string {
  const main = `${import.meta.dir}/client/main.ts`;
  const built = Bun.spawnSync([
    process.execPath,
    "build",
    "--minify",
    "--target=browser",
    "--format=esm",
    main,
  ]);
  const code = built.stdout.toString();
  if (!built.success || code === "") throw new Error(`client/main.ts: ${built.stderr.toString()}`);
  if (code.includes("</script")) throw new Error("client/main.ts would end its own <script>");
  return code;
}
