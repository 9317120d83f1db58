/** SIGUSR1 goes out to a core once: who may send it, and whether it is spent. The one owner of that fact. */

export interface OneSignal {
  /** Waits until it is known whether an earlier agent sent it, at most `msMax`: a record may be on a disk that hangs. */
  whenKnown(msMax: number): Promise<void>;
  /** Takes the right to send it. False where it was taken before, by this agent or an earlier one. */
  claim(): boolean;
  /**
   * Right before it goes out: from now on no later agent repeats it. Waits at most `msMax`; why it is not written down
   * yet, or undefined.
   */
  goesOut(msMax: number): Promise<string | undefined>;
  /** It did not go out after all: it may be claimed again. */
  giveBack(): void;
  /** It is on its way or went out: the core is not to be asked for anything else. */
  isSpent(): boolean;
}

/** Where it is written down for agents to come. */
export interface SignalRecord {
  signalling(msMax: number): Promise<string | undefined>;
  notSignalled(): void;
}

export interface OneSignalOptions {
  /** An earlier agent sent it, as far as the register says. */
  isSpent: boolean;
  /** The same as far as the incidents say; rejected where they cannot be read. */
  recorded: Promise<boolean>;
  record: SignalRecord;
}

/** Of one core. */
export function createOneSignal({ isSpent, recorded, record }: OneSignalOptions): OneSignal {
  let wasSentBefore = isSpent;
  let isClaimed = false;
  let isRecorded = false;
  let isKnown = isSpent;
  const known = recorded.then(
    (isSent) => {
      wasSentBefore ||= isSent;
      isKnown = true;
    },
    () => {
      isKnown = true;
    },
  );
  return {
    async whenKnown(msMax) {
      if (!isKnown) await Promise.race([known, Bun.sleep(msMax)]);
    },
    claim() {
      if (wasSentBefore || isClaimed) return false;
      isClaimed = true;
      return true;
    },
    goesOut(msMax) {
      isRecorded = true;
      return record.signalling(msMax);
    },
    giveBack() {
      isClaimed = false;
      if (isRecorded) record.notSignalled();
      isRecorded = false;
    },
    isSpent: () => wasSentBefore || isClaimed,
  };
}
