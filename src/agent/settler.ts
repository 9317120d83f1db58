/** One call for the many changes of a tick: the state is shown and recorded after the last line of it. */

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
