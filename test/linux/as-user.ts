/** A piece of this source as another user: setpriv(1), and a directory of his. */

import { chownSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { asUser, usersMissing } from "../lab/users.ts";

/** Two ordinary users; neither need be in /etc/passwd. */
export const users = [65534, 12345] as const;

const source = resolve(import.meta.dir, "../../src");

/** Why no other user can run this source here, else undefined. */
export const noOtherUsers =
  usersMissing ??
  (Bun.spawnSync([...asUser(users[0]), "test", "-r", join(source, "main.ts"), "-a", "-x", process.execPath])
    .success
    ? undefined
    : "the source is not readable for other users");

/**
 * What `expression` gives as `uid`, or the message of what it throws. `imports`: names by the file below src/ that has
 * them. For root it runs in this way too.
 */
export function evaluateAs(uid: number, imports: Record<string, string>, expression: string): unknown {
  const loads = Object.entries(imports).map(
    ([names, file]) => `const { ${names} } = await import(${JSON.stringify(join(source, file))});`,
  );
  const program = `${loads.join("\n")}
    try { console.log(JSON.stringify((await (${expression})) ?? null)) }
    catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })) }`;
  const child = Bun.spawnSync([...asUser(uid), process.execPath, "-e", program], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent" },
    timeout: 20_000,
  });
  const said = child.stdout.toString();
  if (said === "") throw new Error(child.stderr.toString() || `killed: it did not end in 20 s`);
  return JSON.parse(said);
}

/** `name` below `dir`, which belongs to `uid`. */
export function directoryOf(uid: number, dir: string, name: string): string {
  const path = join(dir, name);
  mkdirSync(path, { mode: 0o755 });
  chownSync(path, uid, uid);
  return path;
}
