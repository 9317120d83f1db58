/** Once per tick, after its last line: whoever shows or records the state is called once for many changes. */

export interface Settler {
  /** Something has changed. */
  ring(): void;
  /** Who is called; one listener. */
  listen(onSettled: () => void): void;
  stop(): void;
}

/** The lines of one tick arrive within a millisecond or two of each other. */
export const tickSettleMs = 25;

export function createSettler(): Settler {
  let timer: Timer | undefined;
  let listener = () => {};
  return {
    ring() {
      timer ??= setTimeout(() => {
        timer = undefined;
        listener();
      }, tickSettleMs);
    },
    listen(onSettled) {
      listener = onSettled;
    },
    stop: () => clearTimeout(timer),
  };
}
