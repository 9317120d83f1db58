/** Whether the tool's readings are coming, and the alarm when none has come for too long. */

import type { LineWorth } from "../core/line.ts";
import { rubbishMsMaxDefault } from "../core/rubbish.ts";

export interface Delivery {
  /** A run begins: silence is counted from now on, until it ends. */
  begin(): void;
  /** A line has come. Readings alone count: a tool that says only other things measures no memory. */
  take(line: string, worth: LineWorth): void;
  end(): void;
  /** Readings have come in this run, and none is overdue. */
  isOn(): boolean;
  /** The last run has ended, or ends now. */
  close(): void;
}

/** What was heard instead of readings: the last line of its kind, or nothing. */
export type Instead = { said: "nothing" } | { said: "rubbish" | "no reading"; line: string };

/** In ms; each is asked at each check, since a reload may change it. */
export interface DeliveryBounds {
  /** Without a reading for so long it is overdue, and the agent measures in its place. */
  overdueMsMax(): number;
  /** Without a reading for so long it has died or hangs. */
  silenceMsMax(): number;
}

/** Between two looks at one that is silent already; one that delivers is looked at when it could be silent. */
const checkMs = 250;

/** Calls `onSilence` when a run has given no reading for `silenceMsMax`, and again after as long. */
export function createDelivery(
  { overdueMsMax, silenceMsMax }: DeliveryBounds,
  onSilence: (silenceMs: number, instead: Instead) => void,
): Delivery {
  let isRunning = false;
  let hasRead = false;
  let lastMs = 0;
  let instead: Instead = { said: "nothing" };
  let insteadMs = 0;
  let timer = setTimeout(checkSilence, checkMs);
  const silenceMs = () => performance.now() - lastMs;
  const begin = () => {
    hasRead = false;
    instead = { said: "nothing" };
    lastMs = performance.now();
  };
  return {
    begin() {
      isRunning = true;
      begin();
    },
    take(line, worth) {
      if (worth === "reading") {
        begin();
        hasRead = true;
        return;
      }
      instead = { said: worth === "rubbish" ? "rubbish" : "no reading", line };
      insteadMs = performance.now();
    },
    end() {
      isRunning = false;
    },
    isOn: () => isRunning && hasRead && silenceMs() <= overdueMsMax(),
    close() {
      clearTimeout(timer);
      isRunning = false;
    },
  };

  function checkSilence(): void {
    const soonestMs = Math.min(rubbishMsMaxDefault, silenceMsMax());
    timer = setTimeout(checkSilence, Math.max(checkMs, soonestMs - silenceMs()));
    const pastMs = silenceMs();
    const barMs = instead.said === "rubbish" ? Math.min(rubbishMsMaxDefault, silenceMsMax()) : silenceMsMax();
    if (!isRunning || pastMs < barMs) return;
    // Samples follow each reading: after the last one they say nothing against silence.
    const isFresh = insteadMs - lastMs >= pastMs / 2;
    const heard: Instead = isFresh ? instead : { said: "nothing" };
    begin();
    onSilence(Math.round(pastMs), heard);
  }
}
