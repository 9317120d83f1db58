/** nsomem: one binary that measures, decides and acts beside NSO. The only process.exit is in this file. */

import { describeError, errnoOf, exitCodes, NsomemError } from "./core/errors.ts";
import { standInLabel } from "./core/nso.ts";
import { commit, version } from "./core/version.ts";
import { kernelRoots } from "./linux/roots.ts";
import { taskRoom } from "./linux/task-room.ts";
import { print, printError } from "./ui/print.ts";

const words = process.argv.slice(2);

/** Threads and processes beside those of now; measured with fewer of them allowed, down to where the runtime crashed. */
const tasksMin = { agent: 6, others: 2 };

process.exit(await run());

async function run(): Promise<number> {
  // Answered before anything is loaded: 11 ms instead of 44 ms (facts 4.16).
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    print(`nsomem ${version} (${commit})`);
    return exitCodes.done;
  }
  const obstacle = tasksObstacle();
  if (obstacle !== undefined) {
    printError(`nsomem: ${obstacle}`);
    return exitCodes.failed;
  }
  try {
    // The demo and the drill start this program once more, under NSO's command line and with this label.
    if (words.at(-2) === standInLabel) {
      const { runStandIn } = await import("./demo/stand-in.ts");
      return await runStandIn();
    }
    const { dispatch } = await import("./cli/dispatch.ts");
    return await dispatch(words);
  } catch (error) {
    if (error instanceof NsomemError) {
      printError(`nsomem: ${error.message}`);
      return error.exitCode;
    }
    // What the system refuses names its call and its path: a stack of ours says nothing more.
    if (isOfSystem(error)) {
      printError(`nsomem: ${describeError(error)}`);
      return exitCodes.failed;
    }
    printError(`nsomem: unexpected: ${describeError(error)}`);
    if (error instanceof Error && error.stack) printError(error.stack);
    return exitCodes.failed;
  }
}

/** A sentence where there would be a page about a crash of the runtime (facts 4.34). */
function tasksObstacle(): string | undefined {
  const room = taskRoom(kernelRoots());
  const min = words[0] === "start" || words[0] === "watch" ? tasksMin.agent : tasksMin.others;
  if (!room || room.left >= min) return undefined;
  return `only ${Math.max(0, room.left)} more threads or processes may be made here, and ${min} are needed: ${room.limit}; raise it (TasksMax= of a systemd unit or user slice), or end something`;
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && errnoOf(error) !== undefined && "syscall" in error;
}
