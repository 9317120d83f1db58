/** Inside of the namespaces that `run-fault.ts` made: stages the fault that is named, and prints its verdict as JSON. */

import { Broken } from "./broken.ts";
import type { Verdict } from "./fault.ts";
import { faults } from "./faults.ts";
import { createWorld } from "./world.ts";

const [name = "", dir = ""] = process.argv.slice(2);
const fault = faults.find((one) => one.name === name);
if (!fault) throw new Error(`no fault is called "${name}"`);

const row = { fault: name, done: fault.done };
const timedOut = Bun.sleep(fault.secondsMax * 1000).then((): Verdict => {
  return { ...row, kind: "broke", reason: `not done after ${fault.secondsMax} s` };
});
const staged = (async (): Promise<Verdict> => {
  try {
    const { seen, kept, signalMs } = await fault.stage(createWorld(dir));
    return { ...row, kind: "held", outcome: { seen: short(seen), kept: short(kept), signalMs } };
  } catch (error) {
    const reason =
      error instanceof Broken ? error.message : String(error instanceof Error ? error.stack : error);
    return { ...row, kind: "broke", reason };
  }
})();
/** As a row of the table has room for. */
function short(text: string): string {
  const plain = text
    .replaceAll(`${dir}/`, "")
    .replace(/, SHA-256 \w+/, "")
    .replace(/ \([^)]*KiB\)/, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
}

console.log(`\n${JSON.stringify(await Promise.race([staged, timedOut]))}`);
process.exit(0);
