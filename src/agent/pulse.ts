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
  /** Looks whether the core is there. Cheap: one small read. */
  glance: () => void;
  /** The tool delivers and no rescue is near. */
  isCalm: () => boolean;
  /** Before a beat that comes with a tick. */
  onRide: () => void;
  monotonicMs: () => number;
}

/**
 * Between two beats. A calm agent's ride on the ticks of the tool, so that it wakes once a second for them; one that comes
 * by itself says that they do not. The least is between two rides. In the middle of a calm second it glances: a core that
 * systemd starts anew is unguarded until the end of the one before it was seen.
 */
const pulseMs = { alert: 250, glance: 500, calm: 1100, least: 700 };

export function createPulse({ beat, glance, isCalm, onRide, monotonicMs }: PulseOptions): Pulse {
  let timer: Timer | undefined;
  let beatMs = 0;
  let hasEnded = false;
  const after = (ms: number, work: () => void) => {
    clearTimeout(timer);
    if (!hasEnded) timer = setTimeout(work, ms);
  };
  const begin = () => {
    if (isCalm()) after(pulseMs.glance, look);
    else after(pulseMs.alert, all);
  };
  const all = () => {
    beatMs = monotonicMs();
    beat();
    begin();
  };
  const look = () => {
    glance();
    if (isCalm()) after(pulseMs.calm - pulseMs.glance, all);
    else after(pulseMs.alert, all);
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
