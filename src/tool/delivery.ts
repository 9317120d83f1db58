/** Whether the tool's lines are coming, and the alarm when none has come for too long. */

import { rubbishMsMaxDefault } from "../core/rubbish.ts";

export interface Delivery {
  /** A run begins: silence is counted from now on, until it ends. */
  begin(): void;
  /** One of the tool's own lines has come. */
  accept(): void;
  /** Something else has come: a tool that says only such things need not be waited for as long as a silent one. */
  reject(line: string): void;
  end(): void;
  isOn(): boolean;
  /** The last run has ended, or ends now. */
  close(): void;
}

const checkMs = 250;

/**
 * Calls `onSilence` when a run has been silent for `silenceMsMax`, which is asked at each check, and again after as long;
 * with the last line since then that was none of the tool's own.
 */
export function createDelivery(
  silenceMsMax: () => number,
  onSilence: (silenceMs: number, rubbish: string | undefined) => void,
): Delivery {
  let isRunning = false;
  let isOn = false;
  let lastMs = 0;
  let rubbish: string | undefined;
  const timer = setInterval(checkSilence, checkMs);
  return {
    begin() {
      isRunning = true;
      rubbish = undefined;
      lastMs = performance.now();
    },
    accept() {
      isOn = true;
      rubbish = undefined;
      lastMs = performance.now();
    },
    reject(line) {
      rubbish = line;
    },
    end() {
      isRunning = false;
      isOn = false;
    },
    isOn: () => isOn,
    close() {
      clearInterval(timer);
      isOn = false;
    },
  };

  function checkSilence(): void {
    const silenceMs = performance.now() - lastMs;
    const silenceMsBar =
      rubbish === undefined ? silenceMsMax() : Math.min(rubbishMsMaxDefault, silenceMsMax());
    if (!isRunning || silenceMs < silenceMsBar) return;
    const said = rubbish;
    isOn = false;
    rubbish = undefined;
    lastMs = performance.now();
    onSilence(Math.round(silenceMs), said);
  }
}
