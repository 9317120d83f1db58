import { expect, test } from "bun:test";
import { listenTo } from "../../src/linux/child-text.ts";

function start(script: string) {
  return Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "pipe", "ignore"], detached: true });
}

test("what a child says is heard to its end", async () => {
  const child = start("printf one; sleep 0.05; printf two");
  const text = listenTo(child.stdout, 100);
  await child.exited;
  expect(await text.start()).toBe("onetwo");
});
test("a flood is cut, and does not block the child", async () => {
  const child = start("head -c 300000 /dev/zero | tr '\\0' x");
  const text = listenTo(child.stdout, 10);
  await child.exited;
  expect(await text.start()).toBe("xxxxxxxxxx");
});
test("a pipe that something of the child's still holds is not waited for", async () => {
  const child = start("printf said; sleep 600 & exit 0");
  const text = listenTo(child.stdout, 100);
  await child.exited;
  const begunMs = performance.now();
  expect(await text.start()).toBe("said");
  expect(performance.now() - begunMs).toBeLessThan(2000);
  process.kill(-child.pid, "SIGKILL");
});
test("a pipe that breaks rejects nothing", async () => {
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error("broke")),
  });
  expect(await listenTo(broken, 10).start()).toBe("");
});
