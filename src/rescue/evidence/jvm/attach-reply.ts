/** HotSpot's attach protocol, version 1: one command a connection (facts 7.2). Pure. */

import { shown } from "../../../core/shown.ts";

const version = "1";

/** A diagnostic command, such as `Thread.print`, as `jcmd` asks for it: three arguments always, each ended by NUL. */
export function attachRequest(command: string): string {
  return [version, "jcmd", command, "", ""].map((part) => `${part}\0`).join("");
}

/** The answer: a line with a number, 0 where it was done, and the text. */
export function parseAttachReply(reply: string): { text: string } | { refusal: string } {
  const [, status, text = ""] = /^(-?\d{1,10})\r?\n(.*)$/s.exec(reply) ?? [];
  if (status === undefined)
    return { refusal: "it answered with no status, which is not the attach protocol" };
  const reason = shown(text.split("\n", 1)[0] ?? "");
  return status === "0" ? { text } : { refusal: `it answered with error ${status}: ${reason}` };
}
