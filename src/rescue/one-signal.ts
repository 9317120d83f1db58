/** SIGUSR1 goes out to a core once: who may send it, and whether it is spent. The one owner of that fact. */

export interface OneSignal {
  /** Takes the right to send it. False where it was taken before, by this agent or an earlier one. */
  claim(): boolean;
  /** Right before it goes out: from now on no later agent repeats it. Why that could not be written down, or undefined. */
  goesOut(): string | undefined;
  /** It did not go out after all: it may be claimed again. */
  giveBack(): void;
  /** It is on its way or went out: the core is not to be asked for anything else. */
  isSpent(): boolean;
}

/** Where it is written down for agents to come. */
export interface SignalRecord {
  signalling(): string | undefined;
  notSignalled(): void;
}

/** Of one core. `isSpent`: an earlier agent's record says that it went out. */
export function createOneSignal({ isSpent, record }: { isSpent: boolean; record: SignalRecord }): OneSignal {
  let spent = isSpent;
  let isRecorded = false;
  return {
    claim() {
      if (spent) return false;
      spent = true;
      return true;
    },
    goesOut() {
      isRecorded = true;
      return record.signalling();
    },
    giveBack() {
      spent = false;
      if (isRecorded) record.notSignalled();
      isRecorded = false;
    },
    isSpent: () => spent,
  };
}
