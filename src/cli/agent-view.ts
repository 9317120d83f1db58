/** What `start` and `watch` put on the screen: a status line on a terminal, plain lines elsewhere. */

import { isatty } from "node:tty";
import { createConsola } from "consola/core";
import type { AgentView } from "../agent/agent.ts";
import { shownText } from "../core/shown.ts";
import { colours, wantsColour } from "../ui/colour.ts";
import { print } from "../ui/print.ts";
import { openStatusLine } from "../ui/status-line.ts";

export interface ClosableView extends AgentView {
  close(): void;
}

/** A daemon shows nothing: what it says is in agent.log already. */
export const silentView: ClosableView = { say: () => {}, update: () => {}, close: () => {} };

export function foregroundView(): ClosableView {
  const colour = colours(wantsColour(1, process.env));
  const line = isatty(1) ? openStatusLine(colour, terminalColumns) : undefined;
  const show = line ? line.above : print;
  const paint = { info: (text: string) => text, warn: colour.yellow, error: colour.red };
  const logger = createConsola({
    throttle: 0,
    reporters: [
      {
        log({ type, args, date }) {
          const time = colour.dim(date.toTimeString().slice(0, 8));
          const tone = type === "warn" || type === "error" ? type : "info";
          show(`${time} ${paint[tone](shownText(args.join(" ")))}`);
        },
      },
    ],
  });
  return {
    say(text, tone) {
      if (tone === "error") logger.error(text);
      else if (tone === "warning") logger.warn(text);
      else logger.info(text);
    },
    update: (status) => line?.draw(status),
    close: () => line?.close(),
  };
}

function terminalColumns(): number {
  return process.stdout.columns || 80;
}
