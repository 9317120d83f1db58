import { expect, test } from "bun:test";
import { journalLines } from "../../src/cli/agent-view.ts";

test("the journal gets the priority of each line, and no time", () => {
  expect(journalLines("ready", "info")).toBe("<6>ready");
  expect(journalLines("refused:\nline 3\nline 4", "error")).toBe("<3>refused:\n<3>  line 3\n<3>  line 4");
  expect(journalLines("x\x1b[2J\r", "warning")).toBe("<4>x\\x1b[2J\\r");
});
