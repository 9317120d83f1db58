import { afterEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followLog } from "../../../src/agent/sources/log-follower.ts";
import type { Source } from "../../../src/agent/sources/source.ts";
import { until } from "../../lab/part.ts";

const dirs: string[] = [];
const sources: Source[] = [];
afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function follow({ text = undefined as string | undefined, silenceMsMax = 60_000 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-follow-"));
  dirs.push(dir);
  const log = join(dir, "log");
  if (text !== undefined) writeFileSync(log, text);
  const lines: string[] = [];
  const news: string[] = [];
  const source = followLog(log, { silenceMsMax });
  source.start({
    onLine: (line) => (lines.push(line) > 0 ? "reading" : "rubbish"),
    onNews: (said) => void news.push(said),
  });
  sources.push(source);
  return { log, lines, news, source };
}

describe("following a log", () => {
  test("begins at its start and is delivering, however silent it then is", async () => {
    const { lines, news, source } = follow({ text: "one\ntwo\n", silenceMsMax: 150 });
    await until("both lines", () => lines.length === 2);
    await until("the word about its silence", () =>
      news.some((said) => said.includes("has had no line for 150 ms")),
    );
    expect(source.isDelivering()).toBe(true);
    await Bun.sleep(350);
    expect(news.filter((said) => said.includes("has had no line"))).toHaveLength(1);
  });

  test("is silent again only after it spoke again", async () => {
    const { log, lines, news } = follow({ text: "one\n", silenceMsMax: 150 });
    const told = () => news.filter((said) => said.includes("has had no line")).length;
    await until("the first silence", () => told() === 1);
    appendFileSync(log, "two\n");
    await until("the line", () => lines.length === 2);
    await until("the second silence", () => told() === 2);
  });

  test("that is not there is not delivering, which is said once", async () => {
    const { log, lines, news, source } = follow();
    await until("the word", () => news.length === 1);
    expect(source.isDelivering()).toBe(false);
    await Bun.sleep(250);
    expect(news).toEqual([`${log} is not there. Measuring in-process until it is.`]);
    writeFileSync(log, "one\n");
    await until("the line", () => lines.length === 1);
    expect(source.isDelivering()).toBe(true);
  });

  test("of a megabyte hands out every line once", async () => {
    const wanted = Array.from({ length: 40_000 }, (_, index) => `line ${index} of a long log`);
    const { lines } = follow({ text: `${wanted.join("\n")}\n` });
    await until("all lines", () => lines.length === wanted.length);
    expect(lines).toEqual(wanted);
  });
});

describe("a log of lines that are not understood", () => {
  /** Lines with "good" in them are a tool's own; the others are borne for 400 ms. */
  function followRubbish(text: string) {
    const dir = mkdtempSync(join(tmpdir(), "nsomem-follow-"));
    dirs.push(dir);
    const log = join(dir, "log");
    writeFileSync(log, text);
    const lines: string[] = [];
    const news: string[] = [];
    const source = followLog(log, { rubbishMsMax: 400 });
    source.start({
      onLine(line) {
        lines.push(line);
        return line.includes("good") ? "reading" : line.includes("sample") ? "sample" : "rubbish";
      },
      onNews: (said) => void news.push(said),
    });
    sources.push(source);
    return { log, lines, news, source };
  }

  test("but of samples alone is no source after that time either; the first reading makes it one", async () => {
    const { log, lines, news, source } = followRubbish("good\nsample\n");
    await until("the lines", () => lines.length === 2);
    expect(source.isDelivering()).toBe(true);
    await Bun.sleep(500);
    appendFileSync(log, "sample\n");
    await until("the word", () => news.some((said) => said.includes("no reading of memory for 400 ms")));
    expect(source.isDelivering()).toBe(false);
    appendFileSync(log, "good\n");
    await until("the reading", () => lines.length === 4);
    expect(source.isDelivering()).toBe(true);
  });

  test("is no source after that time, which is said; the first good line makes it one", async () => {
    const { log, lines, news, source } = followRubbish("rubbish\n");
    await until("the line", () => lines.length === 1);
    expect(source.isDelivering()).toBe(true);
    await until("the word", () =>
      news.some((said) => said.includes("no line that is understood for 400 ms")),
    );
    expect(news.at(-1)).toContain("but: rubbish. Measuring in-process");
    expect(source.isDelivering()).toBe(false);
    appendFileSync(log, "good\n");
    await until("the good line", () => source.isDelivering());
  });

  test("is a source still where only one such line came after good ones", async () => {
    const { lines, news, source } = followRubbish("good\nhalf a li\n");
    await until("both", () => lines.length === 2);
    await Bun.sleep(700);
    expect(source.isDelivering()).toBe(true);
    expect(news.filter((said) => said.includes("understood"))).toEqual([]);
  });

  test("is none where such lines go on after good ones", async () => {
    const { log, source } = followRubbish("good\n");
    for (let written = 0; written < 10; written++) {
      appendFileSync(log, "rubbish\n");
      await Bun.sleep(100);
    }
    expect(source.isDelivering()).toBe(false);
  });
});

describe("a log of other writers", () => {
  test("is read over a hole of a gigabyte before the line that counts gets old", async () => {
    const { log, lines } = follow({ text: "one\n" });
    await until("the first line", () => lines.length === 1);
    truncateSync(log, 1024 ** 3);
    appendFileSync(log, "\ntwo\n");
    await until("the line behind the hole", () => lines.includes("two"), 8000);
  });

  test("is read over CR LF and over the hole that copytruncate leaves, nothing twice", async () => {
    const { log, lines } = follow({ text: `${"one\r\n".repeat(20)}half` });
    await until("the lines", () => lines.length === 20);
    const { size } = statSync(log);
    truncateSync(log, 0);
    const descriptor = openSync(log, "r+");
    writeSync(descriptor, "two\r\n", size);
    closeSync(descriptor);
    await until("the line behind the hole", () => lines.length > 20);
    await Bun.sleep(250);
    expect(lines).toEqual([...Array(20).fill("one"), "two"]);
  });
});
