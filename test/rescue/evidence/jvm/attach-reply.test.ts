import { expect, test } from "bun:test";
import { attachRequest, parseAttachReply } from "../../../../src/rescue/evidence/jvm/attach-reply.ts";

test("a request has its version, the command and three arguments, each ended by NUL", () => {
  expect(attachRequest("Thread.print")).toBe("1\0jcmd\0Thread.print\0\0\0");
});

test("an answer of 0 is its text", () => {
  expect(parseAttachReply("0\nFull thread dump\n\nmain\n")).toEqual({ text: "Full thread dump\n\nmain\n" });
  expect(parseAttachReply("0\n")).toEqual({ text: "" });
});

test("any other is refused with its first line, made safe to be shown", () => {
  expect(parseAttachReply("1\nUnknown \u001b[31mcommand\nat java.lang")).toEqual({
    refusal: "it answered with error 1: Unknown \\x1b[31mcommand",
  });
  expect(parseAttachReply("-1\n")).toEqual({ refusal: "it answered with error -1: " });
});

test.each(["", "0", "hello", "\n0\n", "99999999999999\n", "HTTP/1.1 400 Bad Request\r\n"])(
  "%j is no answer of this protocol",
  (reply) => {
    expect(parseAttachReply(reply)).toEqual({
      refusal: "it answered with no status, which is not the attach protocol",
    });
  },
);
