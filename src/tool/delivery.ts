/** Whether the tool's lines are coming, and the alarm when none has come for too long. */

export interface Delivery {
  /** A run begins: silence is counted from now on, until it ends. */
  begin(): void;
  /** One of the tool's own lines has come. */
  accept(): void;
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
  const timer = setInterval(checkSilence, checkMs);
  return {
    begin() {
      isRunning = true;
      lastMs = performance.now();
    },
    accept() {
      isOn = true;
      lastMs = performance.now();
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
    if (!isRunning || silenceMs < silenceMsMax()) return;
    isOn = false;
    lastMs = performance.now();
    onSilence(Math.round(silenceMs));
  }
}
