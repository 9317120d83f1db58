/** Which NSO core this agent is for: the only one of a user who may run NSO here, or the one that was named; never a guess. */

import { describePassedOver, type PassedOver, type Ranking, rankCores } from "../core/core-candidate.ts";
import { type CorePlace, isSamePlace } from "../core/core-place.ts";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { isStandIn } from "../core/nso.ts";
import { shown } from "../core/shown.ts";
import { readCorePlace } from "./core-place.ts";
import { type CoreRuleOptions, coreRuleFor } from "./core-rule.ts";
import { judgeExecutable } from "./executable.ts";
import { hidesProcesses } from "./hidden-processes.ts";
import { type Core, findCores, readCore } from "./nso.ts";
import { userName } from "./users.ts";

/** Names a core: by PID, or by its user and the `-conffile` of its command line. */
export interface CoreChoice extends CoreRuleOptions {
  /** The operator's own word: neither its user nor its executable is asked for. */
  pid?: number | undefined;
  conffile?: string | undefined;
  /** The core came with `pid` before and has ended: that word holds for its executable. */
  isVouchedFor?: boolean;
  /** Of the core that has ended: one elsewhere is another NSO. */
  place?: CorePlace | undefined;
}

/** The chosen core where there is one, and who else looks like NSO. */
export interface ChosenCore {
  core: Core | undefined;
  passedOver: PassedOver<Core>[];
}

/** Throws NsomemError NSO_AMBIGUOUS (exit 4) listing several. */
export function chooseCore(procDir: string, choice: CoreChoice): ChosenCore {
  const { taken, passedOver } = rankedCores(procDir, choice);
  if (taken.length > 1) throw ambiguous(taken);
  return { core: taken[0], passedOver };
}

/** All cores that this choice could mean. */
export function rankedCores(procDir: string, choice: CoreChoice): Ranking<Core> {
  if (choice.pid !== undefined) {
    const core = readCore(procDir, choice.pid);
    return { taken: core ? [core] : [], passedOver: [] };
  }
  // The demo's stand-in is not a core to rescue, unless its own configuration file was asked for.
  const cores = findCores(procDir).filter((core) =>
    choice.conffile === undefined ? !isStandIn(core.argv) : core.confFile === choice.conffile,
  );
  const ranking = rankCores(cores, coreRuleFor(choice), (core) =>
    choice.isVouchedFor ? { state: "fit" } : judgeExecutable(procDir, core),
  );
  const { place } = choice;
  if (!place) return ranking;
  const isHere = ({ pid }: Core) => isSamePlace(place, readCorePlace(procDir, pid));
  const elsewhere = ranking.taken.filter((core) => !isHere(core));
  return {
    taken: ranking.taken.filter(isHere),
    passedOver: [...ranking.passedOver, ...elsewhere.map(passedOverElsewhere)],
  };
}

function passedOverElsewhere(core: Core): PassedOver<Core> {
  const why = "it has another run directory, or is in another container, than the one that was watched";
  return { core, cause: "elsewhere", why };
}

/**
 * The choice when a core has ended: a restarted NSO has another PID, but the same user, configuration file and place.
 * Any other is another NSO, whose memory and dumps are not for this history.
 */
export function choiceAfter(choice: CoreChoice, { uid, confFile }: Core, place: CorePlace): CoreChoice {
  if (choice.pid === undefined) return { ...choice, place };
  return { uid, conffile: confFile ?? "(the one that ended)", isVouchedFor: true, place };
}

/** The users whose cores the choice could mean; none where the core is named by its PID. */
export function usersOf(choice: CoreChoice): number[] {
  return choice.pid === undefined ? coreRuleFor(choice).ranks.flat() : [];
}

const namedMax = 3;

/** What to say of those that look like NSO, the first few of them. */
export function describeAll(passedOver: readonly PassedOver<Core>[]): { found: string; wayOut: string }[] {
  const named = passedOver.slice(0, namedMax);
  const described = named.map((one) => describePassedOver(one, userName(one.core.uid)));
  const more = passedOver.length - named.length;
  if (more === 0) return described;
  return [...described, { found: `${more} more look like NSO`, wayOut: "name one with --pid" }];
}

/** What was looked for, and what is there instead (exit 4). */
export function notFound(
  procDir: string,
  choice: CoreChoice,
  passedOver: readonly PassedOver<Core>[],
): NsomemError {
  const others = describeAll(passedOver).map(({ found, wayOut }) => `${found}; ${wayOut}`);
  const { found, wayOut } = describeNone(procDir, choice);
  const text =
    others.length > 0
      ? ["no NSO core is running that nsomem takes by itself:", ...others].join("\n")
      : `${found}; ${wayOut}, or use --wait`;
  return new NsomemError("NSO_NOT_FOUND", text, exitCodes.nsoNotFound);
}

/** What to say where nothing looks like NSO. */
export function describeNone(
  procDir: string,
  { pid, conffile, uid }: CoreChoice,
): { found: string; wayOut: string } {
  if (hidesProcesses(procDir))
    return {
      found: `no NSO core is to be seen: ${procDir} hides the processes of other users (hidepid)`,
      wayOut: "run nsomem as root or as the user that NSO runs as",
    };
  const wayOut = "start NSO first";
  if (pid !== undefined)
    return { found: `PID ${pid} is not an NSO core (ncs.smp, beam.smp or ncs with "-boot ncs")`, wayOut };
  const named = conffile === undefined ? "" : ` and "-conffile ${shown(conffile)}"`;
  const whose = uid === undefined ? "" : ` of user ${userName(uid)}`;
  const what = `no process${whose} in ${procDir} is ncs.smp, beam.smp or ncs with "-boot ncs"${named}`;
  return { found: `no NSO core is running: ${what}`, wayOut };
}

function ambiguous(cores: readonly Core[]): NsomemError {
  const rows = cores.map(
    (core) => `  --pid ${core.pid}   ${core.name} -conffile ${shown(core.confFile ?? "(none)")}`,
  );
  const message = [`${cores.length} NSO cores are running; choose one:`, ...rows].join("\n");
  return new NsomemError("NSO_AMBIGUOUS", message, exitCodes.nsoNotFound);
}
