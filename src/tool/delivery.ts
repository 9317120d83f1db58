/** Whether the tool's lines are coming, and the alarm when none has come for too long. */

import { rubbishMsMaxDefault } from "../core/rubbish.ts";

export interface Delivery {
  /** A run begins: silence is counted from now on, until it ends. */
  begin(): void;
  /** One of the tool's own lines has come. */
  accept(): void;
  /** Something else has come: a tool that says only such things need not be waited for as long as a silent one. */
  reject(): void;
  end(): void;
  isOn(): boolean;
  /** The last run has ended, or ends now. */
  close(): void;
}

const checkMs = 250;

/** Calls `onSilence` when a run has been silent for `silenceMsMax`, which is asked at each check, and again after as long. */
export function createDelivery(silenceMsMax: () => number, onSilence: (silenceMs: number) => void): Delivery {
  let isRunning = false;
  let isOn = false;
  let lastMs = 0;
  let isRubbish = false;
  const timer = setInterval(checkSilence, checkMs);
  return {
    begin() {
      isRunning = true;
      isRubbish = false;
      lastMs = performance.now();
    },
    accept() {
      isOn = true;
      isRubbish = false;
      lastMs = performance.now();
    },
    reject() {
      isRubbish = true;
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
    const silenceMsBar = isRubbish ? Math.min(rubbishMsMaxDefault, silenceMsMax()) : silenceMsMax();
    if (!isRunning || silenceMs < silenceMsBar) return;
    isOn = false;
    isRubbish = false;
    lastMs = performance.now();
    onSilence(Math.round(silenceMs));
  }
}
