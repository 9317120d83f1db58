/** The measuring tool, run with the installed configuration until it has measured once. */

import { embeddedTool } from "../agent/sources/embedded-tool.ts";
import type { Config } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import { parseLine } from "../core/line.ts";
import type { Reading } from "../core/reading.ts";
import { formatDuration, percentOf } from "../core/units.ts";
import { wallMs } from "../linux/host-clock.ts";
import type { Roots } from "../linux/roots.ts";

const toolMsMax = 3000;

/** Unpacks the tool, runs it and waits for its first reading. Throws NsomemError TOOL with what the tool complained of. */
export async function firstReading(config: Config, runtimeDir: string, roots: Roots): Promise<string> {
  const startedMs = performance.now();
  const first = Promise.withResolvers<Reading>();
  const complaints: string[] = [];
  const source = embeddedTool({ config, runtimeDir, roots });
  source.start({
    onLine(line) {
      const parsed = parseLine(line, { latestMs: wallMs() });
      if (parsed.kind !== "reading" || parsed.reading.kind !== "physical") return "event";
      first.resolve(parsed.reading);
      return "reading";
    },
    onNews: (text, tone) => void (tone === "warning" && complaints.push(text)),
  });
  const late = Bun.sleep(toolMsMax).then(() => undefined);
  const reading = await Promise.race([first.promise, late]);
  const tookMs = performance.now() - startedMs;
  await source.stop();
  if (!reading)
    throw new NsomemError(
      "TOOL",
      `no reading in ${formatDuration(toolMsMax)}${complaints.map((text) => `; ${text}`).join("")}`,
    );
  return `first reading after ${formatDuration(tookMs)}: physical ${percentOf(reading.usedKib, reading.limitKib)} %`;
}
