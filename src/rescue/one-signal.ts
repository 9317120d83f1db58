/** SIGUSR1 goes out to a core once: who may send it, and whether it is spent. The one owner of that fact. */

export interface OneSignal {
  /** Takes the right to send it. False where it was taken before, by this agent or an earlier one. */
  claim(): boolean;
  /** It did not go out after all: it may be claimed again. */
  giveBack(): void;
  /** It is on its way or went out: the core is not to be asked for anything else. */
  isSpent(): boolean;
}

/** Of one core. `isSpent`: an earlier agent's record says that it went out. */
export function createOneSignal({ isSpent }: { isSpent: boolean }): OneSignal {
  let spent = isSpent;
  return {
    claim() {
      if (spent) return false;
      spent = true;
      return true;
    },
    giveBack() {
      spent = false;
    },
    isSpent: () => spent,
  };
}
