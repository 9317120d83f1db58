/** What a scrape costs the process that answers it: CPU, and the memory that it holds. */

import { nsomem } from "../e2e/binary.ts";
import { startPart } from "../lab/part.ts";
import { cpuTicks, rssMib, ticksPerSecond, withAgent } from "./resources.ts";

export interface ScrapeCost {
  /** User and system time of the whole process, whatever else it does meanwhile. */
  cpuMs: number;
  rssMib: number;
  series: number;
}

/** The same text is given for half a second. */
const apartMs = 600;
const warmUp = 30;

/** Beside a BEAM, a JVM and three Python VMs. */
export async function measureScrapes({ scrapes }: { scrapes: number }): Promise<ScrapeCost> {
  return await withAgent(async ({ home }) => {
    const server = startPart({ command: [nsomem, "metrics", "--home", home, "--listen", "127.0.0.1:0"] });
    try {
      const url = (await server.line()).replace("metrics at ", "");
      const scrape = async () => {
        const text = await (await fetch(url, { headers: { Accept: "application/openmetrics-text" } })).text();
        await Bun.sleep(apartMs);
        return text;
      };
      let text = "";
      for (let index = 0; index < warmUp; index++) text = await scrape();
      const before = cpuTicks([server.pid]);
      for (let index = 0; index < scrapes; index++) await scrape();
      return {
        cpuMs: ((cpuTicks([server.pid]) - before) * 1000) / ticksPerSecond / scrapes,
        rssMib: rssMib(server.pid),
        series: text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
      };
    } finally {
      await server.stop();
    }
  });
}
