import { describe, expect, test } from "bun:test";
import { parseHead } from "../../src/core/script-head.ts";

const head = (text: string) => parseHead(Buffer.from(text, "latin1"));

describe("what the kernel can start", () => {
  test("a program", () => expect(head("\x7fELF\x02\x01")).toEqual({ kind: "program" }));
  test.each([
    ["#!/bin/sh\necho", "/bin/sh", undefined],
    ["#! /usr/bin/env bash\n", "/usr/bin/env", "bash"],
    ["#!\t/usr/bin/perl -w -T \n", "/usr/bin/perl", "-w -T"],
    // The end of the file ends the line too.
    ["#!/bin/sh", "/bin/sh", undefined],
    [`#!/bin/sh ${"x".repeat(300)}`, "/bin/sh", "x".repeat(246)],
  ])("the script %p", (text, interpreter, argument) =>
    expect(head(text)).toEqual({ kind: "script", interpreter, argument }),
  );
});

describe("what it cannot", () => {
  test.each([
    ["#!/bin/sh\r\necho", "CR LF"],
    ["#!/bin/bash -e\r\n", "CR LF"],
    ["echo page\n", "neither a program nor a script"],
    ["#!\nx", "names no interpreter"],
    ["#!  \t\nx", "names no interpreter"],
    ["\xef\xbb\xbf#!/bin/sh\n", "byte order mark"],
    ["\xff\xfe#\0!\0", "UTF-16"],
    ["\n#!/bin/sh\n", "before its #!"],
    ["", "is empty"],
    [`#!/${"x".repeat(300)}\n`, "longer than 256 bytes"],
  ])("%p", (text, reason) =>
    expect(head(text)).toEqual({ kind: "cannot start", reason: expect.stringContaining(reason) }),
  );
  test("CR LF is named with the interpreter that it makes", () =>
    expect(head("#!/bin/sh\r\n")).toMatchObject({ reason: expect.stringContaining('"/bin/sh\\r"') }));
});
