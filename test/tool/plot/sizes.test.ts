import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { coreArgv } from "../../core/command-lines.ts";
import { functionsOf } from "./functions.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();

/** Pages of 4 KiB, by the tool's own process. */
function pagesOf4Kib(): void {
  scene.made.write("self/statm", "25000 1000 500 200 0 300 0\n");
  scene.made.write("self/status", "Name:\tbash\nVmSize:\t  100000 kB\nVmRSS:\t    4000 kB\n");
}

const statm = (resident: number, data: number) => `90000 ${resident} 100 1 0 ${data} 0\n`;

describe("the sizes of a process", () => {
  test("are those of its statm, in pages as large as the tool's own", async () => {
    pagesOf4Kib();
    scene.made.setProcess({ pid: 8571, argv: coreArgv(), rssKib: 1, dataKib: 1 });
    scene.made.write("8571/statm", statm(300, 500));
    const tool = scene.start();
    await tool.ticks(3);
    await tool.end();
    for (const { rssKib, allocatedKib } of tool.samples())
      expect({ rssKib, allocatedKib }).toEqual({ rssKib: 1200, allocatedKib: 2000 });
  });

  test("are those of its status where it has no statm", async () => {
    pagesOf4Kib();
    scene.made.setProcess({ pid: 8571, argv: coreArgv(), rssKib: 1200, dataKib: 2000 });
    const tool = scene.start();
    await tool.until(() => tool.samples().length > 0);
    await tool.end();
    expect(tool.samples()[0]).toMatchObject({ rssKib: 1200 });
  });

  test("are missing where it has become a zombie, and its core is gone", async () => {
    pagesOf4Kib();
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.write("8571/statm", statm(300, 500));
    const tool = scene.start();
    await tool.until(() => tool.samples().length > 0);
    scene.made.setProcess({ pid: 8571, argv: [], state: "Z" });
    scene.made.write("8571/statm", "0 0 0 0 0 0 0\n");
    await tool.until(() => tool.lines.some((line) => line.includes("core gone: pid 8571")));
    await tool.end();
  });

  test("are not taken for those of the process that has its PID by now", async () => {
    pagesOf4Kib();
    scene.made.setProcess({ pid: 8571, argv: coreArgv(), startTicks: 5000 });
    scene.made.write("8571/statm", statm(300, 500));
    const tool = scene.start();
    await tool.until(() => tool.samples().length > 0);
    scene.made.setProcess({ pid: 8571, argv: ["vim"], startTicks: 6000 });
    await tool.until(() => tool.lines.some((line) => line.includes("core gone: pid 8571")));
    await tool.end();
  });

  test("are by the kernel the same in statm, in pages, as in status", async () => {
    const child = Bun.spawn(["sleep", "60"]);
    try {
      await Bun.sleep(50);
      const program = `${await functionsOf()}
        cd /proc; exec {null}<>/dev/null; read_page_size
        [[ $page_kib ]] && read_sizes "$1" && echo "$rss_kib $allocated_kib"`;
      const [rss, allocated] = Bun.spawnSync(["bash", "-c", program, "bash", String(child.pid)])
        .stdout.toString()
        .split(" ")
        .map(Number);
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      const kib = (label: string) => Number(new RegExp(`^${label}:\\s+(\\d+)`, "m").exec(status)?.[1]);
      expect({ rss, allocated }).toEqual({ rss: kib("VmRSS"), allocated: kib("VmData") + kib("VmStk") });
    } finally {
      child.kill();
      await child.exited;
    }
  });
});
