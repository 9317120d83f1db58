/** The thread that writes the history: SQLite waits for the disk, and the agent's own thread must not (facts 4.29). */

import { hostClock } from "../linux/host-clock.ts";
import { type History, openHistory } from "./history.ts";
import type { FromHistory, HistoryEntry, ToHistory } from "./history-message.ts";
import { readPast } from "./read-past.ts";

declare const self: Worker;

let history: History | undefined;

const say = (message: FromHistory) => postMessage(message);

self.onmessage = ({ data }: MessageEvent<ToHistory>) => {
  take(data);
  say({ type: "done", health: history?.health() ?? { state: "ok" } });
};

function take(message: ToHistory): void {
  switch (message.type) {
    case "open":
      say({ type: "past", past: readPast(message.path, message.meta, hostClock.wallMs()) });
      history = openHistory({
        ...message,
        clock: hostClock,
        onProblem: (text) => say({ type: "problem", text }),
      });
      break;
    case "record":
      for (const entry of message.entries) record(entry);
      break;
    case "close":
      history?.close();
      break;
    default:
      message satisfies never;
  }
}

function record(entry: HistoryEntry): void {
  if ("tick" in entry) history?.recordTick(entry.tick);
  else history?.recordEvent(entry.event);
}
