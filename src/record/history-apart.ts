/** The history, written by a thread of its own: what the agent records is handed over, and never waited for. */

import { describeError } from "../core/errors.ts";
import type { RecordedPast } from "../core/recorded-past.ts";
import type { HistoryEvent, Tick } from "../core/recording.ts";
import type { HistoryHealth, HistoryOptions } from "./history.ts";
import type { FromHistory, HistoryEntry, ToHistory } from "./history-message.ts";

export interface HistoryApart {
  /** Return at once; never throw. */
  recordTick(tick: Tick): void;
  recordEvent(event: HistoryEvent): void;
  health(): HistoryHealth;
  /** Waits until all is written and the file is closed, at most `msMax`. False: it is not. */
  close(msMax: number): Promise<boolean>;
}

/** What of a Worker is used. */
export type HistoryThread = Pick<Worker, "postMessage" | "terminate"> & {
  onmessage: ((event: MessageEvent<FromHistory>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export interface HistoryApartOptions extends Omit<HistoryOptions, "clock"> {
  /** What an earlier agent recorded, once it was read. */
  onPast?: (past: RecordedPast) => void;
  startThread?: () => HistoryThread;
}

/** While the disk does not answer: 10 minutes at 1 Hz. The oldest is dropped first. */
const waitingMax = 600;
/** From here on no answer is a trouble: a disk under load takes this long. */
const silentMsMax = 5000;

export function openHistoryApart(options: HistoryApartOptions): HistoryApart {
  const { path, meta, retention, onProblem, onPast = () => {}, startThread = startHistoryThread } = options;
  const waiting: HistoryEntry[] = [];
  const closed = Promise.withResolvers<boolean>();
  let lost = 0;
  let state: "open" | "closing" | "closed" = "open";
  const thread = createMailbox(startThread, {
    onProblem,
    onPast,
    onFree: next,
    onFailure(reason) {
      onProblem(`History is not recorded: ${reason} (${path}). Measuring goes on.`);
      closed.resolve(false);
    },
  });
  thread.post({ type: "open", path, meta, retention });

  return {
    recordTick: (tick) => add({ tick }),
    recordEvent: (event) => add({ event }),
    health() {
      const reason = thread.trouble();
      if (reason === undefined) return thread.health();
      const dropped = lost > 0 ? `, ${lost} are lost` : "";
      const waits = `${waiting.length} entries wait in memory${dropped}`;
      return {
        state: "degraded",
        reason: `History is not recorded: ${reason} (${path}); ${waits}. Measuring goes on.`,
      };
    },
    close(msMax) {
      if (state === "open") state = "closing";
      next();
      return Promise.race([closed.promise, Bun.sleep(msMax).then(() => false)]);
    },
  };

  function add(entry: HistoryEntry): void {
    if (state !== "open") return;
    if (waiting.push(entry) > waitingMax) {
      waiting.shift();
      lost++;
    }
    next();
  }

  function next(): void {
    if (!thread.isFree()) return;
    if (state === "closed") {
      thread.end();
      closed.resolve(thread.health().state === "ok");
    } else if (waiting.length > 0) thread.post({ type: "record", entries: waiting.splice(0) });
    else if (state === "closing") {
      state = "closed";
      thread.post({ type: "close" });
    }
  }
}

interface MailboxEvents {
  onProblem: (text: string) => void;
  onPast: (past: RecordedPast) => void;
  /** The message was answered. */
  onFree: () => void;
  /** The thread could not be started, or has ended. */
  onFailure: (reason: string) => void;
}

/** One message is under way at a time: what a thread that hangs does not take stays with its sender, and is bounded. */
function createMailbox(
  startThread: () => HistoryThread,
  { onProblem, onPast, onFree, onFailure }: MailboxEvents,
) {
  let health: HistoryHealth = { state: "ok" };
  let failure: string | undefined;
  let askedMs: number | undefined;
  const fail = (reason: string) => {
    failure = reason;
    onFailure(reason);
  };
  const start = (): HistoryThread | undefined => {
    try {
      const started = startThread();
      started.onmessage = ({ data }) => {
        if (data.type === "problem") return onProblem(data.text);
        if (data.type === "past") return onPast(data.past);
        health = data.health;
        askedMs = undefined;
        onFree();
      };
      started.onerror = ({ message }) => fail(message);
      return started;
    } catch (error) {
      // When the one who asks for it has it.
      queueMicrotask(() => fail(describeError(error)));
      return undefined;
    }
  };
  const thread = start();
  return {
    isFree: () => thread !== undefined && failure === undefined && askedMs === undefined,
    health: () => health,
    post(message: ToHistory) {
      askedMs = performance.now();
      thread?.postMessage(message);
    },
    trouble(): string | undefined {
      if (failure !== undefined) return failure;
      const silentMs = askedMs === undefined ? 0 : performance.now() - askedMs;
      return silentMs > silentMsMax ? `no answer for ${Math.round(silentMs / 1000)} s` : undefined;
    },
    end: () => thread?.terminate(),
  };
}

function startHistoryThread(): HistoryThread {
  const thread = new Worker(threadFile());
  // It does not keep the program alive.
  thread.unref();
  return thread;
}

/** In the binary by the name that build.ts gives it, else the source. */
function threadFile(): string {
  return Bun.main.startsWith("/$bunfs/")
    ? "/$bunfs/root/record/history-thread.js"
    : new URL("./history-thread.ts", import.meta.url).href;
}
