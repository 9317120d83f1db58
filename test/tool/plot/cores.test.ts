import { describe, expect, test } from "bun:test";
import { coreArgv, jvmArgv, vmArgv } from "../../core/command-lines.ts";
import { runTool } from "./run.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { env, start, measured } = scene;

describe("the core", () => {
  test("is missing: exit 4, saying what was looked for", async () => {
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "" }) });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^plot\.sh: no NSO core in \S+: looked for ncs\.smp.*-boot ncs.*\n$/);
  });

  test("is one of two: exit 4, listing both with their configuration", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf") });
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "" }) });
    expect(code).toBe(4);
    expect(stderr).toContain("pid 8571 (/etc/ncs/ncs.conf), pid 9001 (/home/lab/ncs.conf)");
  });

  test("may be chosen by PID: the other core and the VMs it started are not measured", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.setProcess({ pid: 8600, ppid: 8571, argv: ["sh"] });
    scene.made.setProcess({ pid: 8601, ppid: 8600, argv: jvmArgv });
    scene.made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf"), cgroup: "0::/lab\n" });
    scene.made.setProcess({ pid: 9010, ppid: 9001, argv: vmArgv("mine") });
    scene.made.setProcess({ pid: 9011, argv: vmArgv("nobody's"), cgroup: "0::/lab\n" });
    expect((await measured({ NSOMEM_CORE_PID: "9001" })).map(({ pid }) => pid)).toEqual([9001, 9010, 9011]);
  });

  test("that was chosen by PID but is another process: exit 4, naming it", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const { code, stderr } = await runTool({ env: env({ NSOMEM_WITHOUT_CORE: "", NSOMEM_CORE_PID: "77" }) });
    expect(code).toBe(4);
    expect(stderr).toContain("NSOMEM_CORE_PID is 77, which is not a running NSO core");
  });

  test("just forked still carries its command line: it is not a second core", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    scene.made.setProcess({ pid: 8000, ppid: 8571, argv: coreArgv() });
    expect((await measured({ NSOMEM_WITHOUT_CORE: "" })).map(({ pid }) => pid)).toEqual([8571]);
  });

  test("that ends, ends the tool with exit 0", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start({ NSOMEM_WITHOUT_CORE: "" });
    await tool.ticks(2);
    scene.made.removeProcess(8571);
    const { code, lines } = await tool.ended;
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain("[TOOL] NSO is down");
  });

  test("that ends is waited for with NSOMEM_WITHOUT_CORE=stay, and found when it is back", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.until(() => tool.samples().length > 0);
    scene.made.removeProcess(8571);
    await tool.until(() => tool.lines.some((line) => line.includes("[TOOL] core gone: pid 8571")));
    await tool.ticks(2);
    scene.made.setProcess({ pid: 9333, argv: coreArgv(), startTicks: 8000 });
    await tool.until(() => tool.samples().at(-1)?.pid === 9333);
    await tool.end();
  });

  test("is still the one that was found first when a second one starts", async () => {
    scene.made.setProcess({ pid: 8571, argv: coreArgv() });
    const tool = start();
    await tool.ticks(2);
    scene.made.setProcess({ pid: 9001, argv: coreArgv("/home/lab/ncs.conf") });
    await tool.until(() => tool.lines.some((line) => line.includes("several NSO cores")));
    await tool.ticks(2);
    await tool.end();
    expect(new Set(tool.samples().map(({ pid }) => pid))).toEqual(new Set([8571]));
  });

  /** The tool's own user, another and a third one. */
  const own = process.geteuid?.() ?? 0;
  const [nso, stranger] = [own + 999, own + 12345];
  const coreOf = (pid: number, uid: number, conffile?: string) =>
    scene.made.setProcess({ pid, argv: coreArgv(conffile), uids: [uid, uid, uid, uid] });
  const cores = async (more?: Record<string, string>) => (await measured(more)).map(({ pid }) => pid);

  test("of another user is not ambiguous with one of the tool's own, whichever was there first", async () => {
    coreOf(8000, stranger);
    coreOf(8571, own);
    coreOf(9000, stranger);
    expect(await cores({ NSOMEM_WITHOUT_CORE: "" })).toEqual([8571]);
  });

  test("of another user is measured where there is no other", async () => {
    coreOf(8000, stranger);
    expect(await cores()).toEqual([8000]);
  });

  test("of another user is left for one of the tool's own", async () => {
    coreOf(8000, stranger);
    const tool = start();
    await tool.until(() => tool.samples().at(-1)?.pid === 8000);
    coreOf(8571, own);
    await tool.until(() => tool.samples().at(-1)?.pid === 8571);
    await tool.end();
  });

  test("is one of NSOMEM_CORE_USERS, no other user's even where it is the only one", async () => {
    coreOf(8000, stranger);
    coreOf(8571, own);
    expect(await cores({ NSOMEM_CORE_USERS: String(nso) })).toEqual([]);
    coreOf(9001, nso);
    expect(await cores({ NSOMEM_CORE_USERS: String(nso) })).toEqual([9001]);
    expect(await cores({ NSOMEM_CORE_USERS: `${nso} ${stranger}` })).toEqual([]);
  });

  test("that another user runs with the rights of the tool's own is that other user's", async () => {
    if (own !== 0) return;
    scene.made.setProcess({ pid: 8000, argv: coreArgv(), uids: [stranger, 0, 0, 0] });
    expect(await cores({ NSOMEM_CORE_USERS: "0" })).toEqual([]);
  });

  test("is missing: the VMs of the tool's own user are measured, a stranger's are not", async () => {
    scene.made.setProcess({ pid: 8000, argv: vmArgv("mine"), uids: [own, own, own, own] });
    scene.made.setProcess({ pid: 8001, argv: vmArgv("theirs"), uids: [nso, nso, nso, nso] });
    expect(await cores()).toEqual([8000]);
    expect(await cores({ NSOMEM_CORE_USERS: String(nso) })).toEqual([8001]);
  });
});
