/** nsomem: one binary that measures, decides and acts beside NSO. Here: the only process.exit. */

import { describeError, NsomemError } from "./core/errors.ts";
import { commit, version } from "./core/version.ts";

const words = process.argv.slice(2);

process.exit(await run());

async function run(): Promise<number> {
  // Answered before anything is loaded: 11 ms instead of 44 ms (facts 4.16).
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    console.log(`nsomem ${version} (${commit})`);
    return 0;
  }
  try {
    // The demo starts this program once more, under NSO's command line and with this label.
    if (words.at(-2) === "-nsomem_stand_in") {
      const { runStandIn } = await import("./demo/stand-in.ts");
      return await runStandIn();
    }
    const { dispatch } = await import("./cli/dispatch.ts");
    return await dispatch(words);
  } catch (error) {
    if (error instanceof NsomemError) {
      console.error(`nsomem: ${error.message}`);
      return error.exitCode;
    }
    console.error(`nsomem: unexpected: ${describeError(error)}`);
    if (error instanceof Error && error.stack) console.error(error.stack);
    return 1;
  }
}
