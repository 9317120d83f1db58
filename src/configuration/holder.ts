/** The configuration in force, and how another is taken over: whole, or not at all. */

import type { Clock } from "../core/clock.ts";
import type { Config } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import type { ConfigurationStatus } from "../core/status.ts";
import { formatTime } from "../core/units.ts";
import type { Journal } from "../record/journal.ts";
import type { PreparedConfig } from "./prepare.ts";

export interface ConfigHolderOptions {
  initial: PreparedConfig;
  readAgain: () => Promise<PreparedConfig>;
  host: Pick<Clock, "wallMs"> & { journal: Pick<Journal, "say"> };
  onTaken: (config: Config) => void;
  /** A reload was answered: the status has something new to show. */
  onAnswer: () => void;
}

export interface ConfigHolder {
  /** In force now. */
  config(): Config;
  /** Begins a reload; a wish during one leads to one more after it. */
  reload(): void;
  status(): ConfigurationStatus;
}

export function createConfigHolder(options: ConfigHolderOptions): ConfigHolder {
  const { wallMs, journal } = options.host;
  let current = options.initial;
  let loadedMs = wallMs();
  let last: ConfigurationStatus["last_reload"] = null;
  let running = false;
  let wished = false;
  for (const warning of current.warnings) journal.say(warning, "warning");

  return {
    config: () => current.config,
    reload() {
      wished = true;
      if (!running) void reloadWhileWished();
    },
    status: () => ({ file: current.file ?? null, loaded: formatTime(loadedMs), last_reload: last }),
  };

  async function reloadWhileWished(): Promise<void> {
    running = true;
    while (wished) {
      wished = false;
      await reloadOnce();
    }
    running = false;
  }

  async function reloadOnce(): Promise<void> {
    try {
      const next = await options.readAgain();
      const waiting = sectionsForNextStart.filter(
        (name) => JSON.stringify(next.config[name]) !== JSON.stringify(current.config[name]),
      );
      current = next;
      loadedMs = wallMs();
      options.onTaken(next.config);
      const later = waiting.map((name) => `[${name}]`).join(", ");
      const from = next.file ?? "the defaults; there is no file";
      const message = `configuration taken over from ${from}${later && `; ${later} from the next start on`}`;
      journal.say(message);
      for (const warning of next.warnings) journal.say(warning, "warning");
      answer(true, message);
    } catch (error) {
      const message = `configuration refused, the old one stays in force: ${describeError(error)}`;
      journal.say(message, "error");
      answer(false, message);
    }
  }

  function answer(accepted: boolean, message: string): void {
    last = { at: formatTime(wallMs()), accepted, message };
    options.onAnswer();
  }
}

/** What is opened once. */
const sectionsForNextStart = ["history", "log"] as const;
