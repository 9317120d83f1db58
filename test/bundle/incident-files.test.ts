import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBundle } from "../../src/bundle/archive.ts";
import { crashDumpFile } from "../../src/bundle/crash-dump-file.ts";
import { incidentFiles } from "../../src/bundle/incident-files.ts";
import { summariseIncident } from "../../src/core/incident.ts";
import { parseStep } from "../../src/core/incident-step.ts";

let dir: string;
let incident: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-bundle-"));
  incident = join(dir, "incident");
  mkdirSync(incident);
  writeFileSync(join(dir, "secret"), "TOPSECRET\n");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const options = { redact: false, root: "i" };
const nothing = summariseIncident("a", []);
const filesOf = () => incidentFiles({ id: "a", dir: incident, steps: [], damagedLines: 0 }, nothing, options);
const put = (name: string, text = "") => writeFileSync(join(incident, name), text);

/** What lies in the archive of these files, as one text. */
async function archived(files: Awaited<ReturnType<typeof filesOf>>["files"]): Promise<string> {
  const out = join(dir, "b.tar.gz");
  await writeBundle({ out, root: "i", files, nowMs: 0 });
  return Buffer.from(Bun.gunzipSync(readFileSync(out))).toString("latin1");
}

describe("the incident's own files", () => {
  test("are taken, and what else is there is left out by name with the reason", async () => {
    put("incident.jsonl", "record");
    put("dump1.bin", "dump");
    symlinkSync(join(dir, "secret"), join(incident, "link"));
    symlinkSync(join(dir, "secret"), join(incident, "dump2.bin"));
    symlinkSync("..", join(incident, "up"));
    linkSync(join(dir, "secret"), join(incident, "hard"));
    execFileSync("mkfifo", [join(incident, "fifo")]);
    put("n".repeat(200));
    const { files, missing } = await filesOf();
    expect(files.map(({ name }) => name)).toEqual(["debug-dumps/dump1.bin", "incident.jsonl"]);
    expect(Object.fromEntries(missing.map(({ what, why }) => [what, why]))).toEqual({
      link: "a symbolic link: not followed, not opened",
      "dump2.bin": "a symbolic link: not followed, not opened",
      up: "a symbolic link: not followed, not opened",
      hard: "it has a second name elsewhere (a hard link)",
      fifo: "a FIFO (named pipe): not followed, not opened",
      ["n".repeat(200)]: "its name is too long for the archive",
    });
    expect(await archived(files)).not.toContain("TOPSECRET");
  });

  test("that become a link after they were found are empty in the archive", async () => {
    mkdirSync(join(incident, "sub"));
    put("sub/file", "text");
    put("other", "text");
    const { files } = await filesOf();
    rmSync(join(incident, "other"));
    symlinkSync(join(dir, "secret"), join(incident, "other"));
    mkdirSync(join(dir, "elsewhere"));
    writeFileSync(join(dir, "elsewhere", "file"), "TOPSECRET");
    rmSync(join(incident, "sub"), { recursive: true });
    symlinkSync(join(dir, "elsewhere"), join(incident, "sub"));
    expect(await archived(files)).not.toContain("TOPSECRET");
  });

  test("with --redact are without the dumps, in whichever directory they are, and without what is not known to be harmless", async () => {
    put("dump1.bin", "dump");
    mkdirSync(join(incident, "sub"));
    put("sub/dump2.bin.gz", "dump");
    put("sub/unknown", "");
    mkdirSync(join(incident, "at-warning"));
    put("at-warning/meminfo.txt", "");
    const record = { id: "a", dir: incident, steps: [], damagedLines: 0 };
    const { files } = await incidentFiles(record, nothing, { redact: true, root: "i" });
    expect(files.map(({ name }) => name)).toEqual(["incident.jsonl", "at-warning/meminfo.txt"]);
  });
});

describe("the crash dump that the record names", () => {
  const dumpAt = (path: string, bytes: number) => {
    const line = `{"at":"2026-01-01T00:00:00.000+00:00","step":"verdict","word":"complete","dump":{"path":${JSON.stringify(path)},"bytes":${bytes},"ending":"complete"}}`;
    const step = parseStep(line);
    return crashDumpFile(summariseIncident("a", step ? [step] : []), options);
  };
  const dump = "=erl_crash_dump:0.5\n=end\n";

  test("is taken, through a link to a larger disk too", async () => {
    writeFileSync(join(dir, "large"), dump);
    symlinkSync("large", join(dir, "ncs_crash.dump"));
    const { files } = await dumpAt(join(dir, "ncs_crash.dump"), dump.length);
    expect(files.map(({ name }) => name)).toEqual(["crash-dump/ncs_crash.dump"]);
    expect(await archived(files)).toContain(dump);
  });

  test("is not any file of the right size: it begins as a dump does", async () => {
    const { files, missing } = await dumpAt(join(dir, "secret"), 10);
    expect(files).toEqual([]);
    expect(missing[0]?.why).toBe(`${dir}/secret is no crash dump of Erlang by its first line`);
  });

  test("is not one of another size, a FIFO, or gone", async () => {
    writeFileSync(join(dir, "d"), dump);
    execFileSync("mkfifo", [join(dir, "fifo")]);
    const whyOf = async (name: string) => (await dumpAt(join(dir, name), 5)).missing[0]?.why;
    expect(await whyOf("d")).toContain("is another file by now: it has 25 bytes, and the dump had 5");
    expect(await whyOf("fifo")).toContain("is a FIFO (named pipe), not a regular file");
    expect(await whyOf("none")).toContain("is not there any more");
  });

  test("that becomes another file before its turn is empty in the archive", async () => {
    writeFileSync(join(dir, "d"), dump);
    const { files } = await dumpAt(join(dir, "d"), dump.length);
    rmSync(join(dir, "d"));
    symlinkSync("secret", join(dir, "d"));
    expect(await archived(files)).not.toContain("TOPSECRET");
  });
});
