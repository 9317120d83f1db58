/** When the agent looks after its core and its source: four times a second, or with the ticks of a tool that is calm. */

export interface Pulse {
  begin(): void;
  /** Beats now, unless it has just beaten. */
  ride(): void;
  stop(): void;
}

export interface PulseOptions {
  /** Looks after everything. */
  beat: () => void;
  /** The tool delivers and no rescue is near. */
  isCalm: () => boolean;
  /** Before a beat that comes with a tick. */
  onRide: () => void;
  monotonicMs: () => number;
}

/**
 * Between two beats. A calm agent's ride on the ticks of the tool, so that it wakes once a second for them; one that comes
 * by itself says that they do not. The least is between two rides.
 */
const pulseMs = { alert: 250, calm: 1100, least: 700 };

export function createPulse({ beat, isCalm, onRide, monotonicMs }: PulseOptions): Pulse {
  let timer: Timer | undefined;
  let beatMs = 0;
  let hasEnded = false;
  const begin = () => {
    clearTimeout(timer);
    if (!hasEnded) timer = setTimeout(all, isCalm() ? pulseMs.calm : pulseMs.alert);
  };
  const all = () => {
    beatMs = monotonicMs();
    beat();
    begin();
  };
  return {
    begin,
    ride() {
      if (hasEnded || !isCalm() || monotonicMs() - beatMs < pulseMs.least) return;
      onRide();
      all();
    },
    stop() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}
