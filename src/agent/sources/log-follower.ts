/** A log that another tool writes, as a source. */

import { describeError } from "../../core/errors.ts";
import { lineLengthMax } from "../../core/line.ts";
import { createLineSplitter } from "../../core/line-splitter.ts";
import { isAllRubbish, moreRubbish, type Rubbish, rubbishMsMaxDefault } from "../../core/rubbish.ts";
import { shown } from "../../core/shown.ts";
import { formatDuration } from "../../core/units.ts";
import { notStarted, type Source, type SourceEvents } from "./source.ts";
import { type TailedFile, tailFile } from "./tailed-file.ts";

/** The tool writes once a second; a tenth of that adds little to the reaction and costs two system calls. */
const pollMs = 100;
const silenceMsDefault = 60_000;
/** What a file has is read on for so long before the agent does what else is due. */
const turnMsMax = 10;

/**
 * Follows `path`. While the file is there, its tool decides, however silent it is (that is said once); while it is
 * not, or none of its lines is understood, the agent measures by itself.
 */
export function followLog(
  path: string,
  { silenceMsMax = silenceMsDefault, rubbishMsMax = rubbishMsMaxDefault } = {},
): Source {
  const file = tailFile(path);
  let polling: Polling | undefined;
  return {
    start(events) {
      polling = startPolling({ path, file, silenceMsMax, rubbishMsMax, events });
    },
    state: () => (file.isOpen() ? { ...notStarted, state: "running" } : notStarted),
    isDelivering: () => file.isOpen() && !polling?.isRubbish() && !polling?.isMute(),
    problem: () => undefined,
    follow: () => {},
    reconfigure: () => {},
    async stop() {
      polling?.stop();
      file.close();
    },
  };
}

interface Polling {
  /** What the file says is not understood. */
  isRubbish(): boolean;
  /** It has samples of processes, which come with readings of memory, and has none of those. */
  isMute(): boolean;
  stop(): void;
}

interface PollingOptions {
  path: string;
  file: TailedFile;
  silenceMsMax: number;
  rubbishMsMax: number;
  events: SourceEvents;
}

function startPolling({ path, file, silenceMsMax, rubbishMsMax, events }: PollingOptions): Polling {
  const lines = lineReader();
  const news = oncePerState(events.onNews);
  let lastLineMs = performance.now();
  let rubbish: Rubbish | undefined;
  let hasBeenUnderstood = false;
  let mute: Rubbish | undefined;
  let hasRead = false;
  let timer: Timer;
  const isRubbish = () =>
    isAllRubbish(rubbish, { hasBeenUnderstood, nowMs: performance.now(), msMax: rubbishMsMax });
  const isMute = () =>
    isAllRubbish(mute, { hasBeenUnderstood: hasRead, nowMs: performance.now(), msMax: rubbishMsMax });
  const takeLine = (line: string, writtenMs: number) => {
    if (line === "") return;
    const worth = events.onLine(line, writtenMs);
    if (worth === "rubbish") {
      rubbish = moreRubbish(rubbish, line, performance.now());
      return;
    }
    rubbish = undefined;
    if (worth === "reading") {
      mute = undefined;
      hasRead = true;
    } else if (worth === "sample") mute = moreRubbish(mute, line, performance.now());
    hasBeenUnderstood = true;
    lastLineMs = performance.now();
    if (!isMute()) news.reset();
  };
  const take = (): boolean => {
    const wasOpen = file.isOpen();
    const slice = file.read();
    if (!slice) {
      news.say("absent", `${path} is not there. Measuring in-process until it is.`);
      return false;
    }
    if (!wasOpen) {
      events.onNews(`following ${path}`, "info");
      lastLineMs = performance.now();
    }
    for (const line of lines.push(slice.bytes, { isFresh: slice.isFresh })) takeLine(line, slice.writtenMs);
    return slice.hasMore;
  };
  const poll = () => {
    let hasMore = false;
    const sinceMs = performance.now();
    try {
      do hasMore = take();
      while (hasMore && performance.now() - sinceMs < turnMsMax);
    } catch (error) {
      file.close();
      news.say("absent", `cannot read ${path}: ${describeError(error)}. Measuring in-process until it can.`);
    }
    if (file.isOpen() && rubbish && isRubbish())
      news.say("rubbish", rubbishText(path, rubbish, rubbishMsMax));
    else if (file.isOpen() && isMute())
      news.say(
        "mute",
        `${path} has had samples of processes but no reading of memory for ${formatDuration(rubbishMsMax)}. Measuring in-process until it has one.`,
      );
    else if (file.isOpen() && performance.now() - lastLineMs > silenceMsMax)
      news.say("silent", `${path} has had no line for ${formatDuration(silenceMsMax)}; is its tool running?`);
    timer = setTimeout(poll, hasMore ? 0 : pollMs);
  };
  timer = setTimeout(poll, 0);
  return { isRubbish, isMute, stop: () => clearTimeout(timer) };
}

function rubbishText(path: string, { lastLine }: Rubbish, msMax: number): string {
  const what = `${path} has had no line that is understood for ${formatDuration(msMax)}`;
  return `${what}, but: ${shown(lastLine, 200)}. Measuring in-process until it has one.`;
}

/** Bytes in, whole lines out. */
function lineReader() {
  let splitter = createLineSplitter(lineLengthMax);
  let decoder = new TextDecoder();
  return {
    push(bytes: Uint8Array, { isFresh }: { isFresh: boolean }): string[] {
      if (isFresh) {
        splitter = createLineSplitter(lineLengthMax);
        decoder = new TextDecoder();
      }
      if (isHole(bytes)) return [];
      return splitter.push(decoder.decode(bytes, { stream: true }));
    },
  };
}

/**
 * Nothing but NULs, as in a log that was emptied below its writer: it may have a gigabyte of them before the line that
 * counts. All bytes are the first one where those from the second on are those up to the last but one.
 */
function isHole(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0;
}

type SourceProblem = "absent" | "silent" | "rubbish" | "mute";

/** Says each state once, until a line comes or another state follows. */
function oncePerState(onNews: SourceEvents["onNews"]) {
  let said: SourceProblem | undefined;
  return {
    say(state: SourceProblem, text: string) {
      if (said === state) return;
      said = state;
      onNews(text, "warning");
    },
    reset() {
      said = undefined;
    },
  };
}
