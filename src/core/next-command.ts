/** The one command to type next, of how things stand. Pure. */

import { hint } from "./hint.ts";
import { severity } from "./level.ts";
import { memoryKinds } from "./reading.ts";
import { isUnfinished } from "./rescue.ts";
import { shellWord } from "./shell-word.ts";
import { isRecent, type Standing } from "./standing.ts";

export interface NextCommand {
  /** All of it, to be pasted. */
  command: string;
  /** What comes of it, as the end of a sentence. */
  why: string;
}

export function nextCommand(standing: Standing): NextCommand {
  const { agentPid, status, rescue, isDumping } = standing;
  const to = (words: string, why: string): NextCommand => ({ command: hint(words), why });
  if (isDumping)
    return to("status --watch", "to see the dump grow; NSO must not be restarted before it ends");
  if (standing.rootHasOne)
    return { command: `sudo ${hint("status")}`, why: "root's agent is not seen by this user" };
  if (agentPid === undefined) {
    if (rescue && isUnfinished(rescue))
      return to(startWords(standing), "to finish the incident: what became of the dump");
    if (!status) return to("doctor", "whether a rescue would work here");
    return to(startWords(standing), "to watch NSO again");
  }
  if (rescue && isRecent(standing) && rescue.state !== "watched")
    return to("incidents bundle", "to hand the incident in: all of it in one file");
  if (status && isTight(standing)) return to("top", "to see who grows, live and back in time");
  if (status && (status.problems.length > 0 || status.blind))
    return to("doctor", "to see what is wrong, and the way out");
  return to("top", "to watch it live, and to look back in time");
}

/** The words of `start` as the last agent had them, as far as they are known: it waits for NSO, which may be down. */
function startWords({ config }: Standing): string {
  return `start --daemon --wait${config === undefined ? "" : ` --config ${shellWord(config)}`}`;
}

function isTight({ status }: Standing): boolean {
  return memoryKinds.some((kind) => {
    const memory = status?.memory[kind];
    return memory?.enforced === true && (severity(memory.level) > 0 || Boolean(memory.forecast));
  });
}
