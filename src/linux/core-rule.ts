/** Whose cores this nsomem takes: what the operator pinned, else whose installation this host's root has set up. */

import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CoreRule } from "../core/core-candidate.ts";
import { nsoDirectories } from "../core/nso-places.ts";
import { sticky } from "./path-part.ts";
import { userName } from "./users.ts";

export interface CoreRuleOptions {
  /** Cores of this user alone. */
  uid?: number | undefined;
  /** What the configuration names of NSO's: a run directory, the `ncs` command. */
  places?: readonly string[] | undefined;
}

/** `agentUid`: the user that nsomem runs as. Root takes root's cores and those of an owner of NSO's places. */
export function coreRuleFor(
  { uid, places = [] }: CoreRuleOptions,
  agentUid = process.geteuid?.() ?? 0,
  usualPlaces: readonly string[] = nsoDirectories,
): CoreRule {
  if (uid !== undefined)
    return { ranks: [[uid]], objection: `only an NSO of user ${userName(uid)} was asked for` };
  if (agentUid !== 0) {
    const objection = `it belongs neither to ${userName(agentUid)}, as whom nsomem runs, nor to root`;
    return { ranks: [[agentUid], [0]], objection };
  }
  const owners = [...places, ...usualPlaces].flatMap((place) => ownerOf(place) ?? []);
  return {
    ranks: [[...new Set([0, ...owners])]],
    objection: "it belongs neither to root nor to the owner of NSO's installation or run directory",
  };
}

const writableByOthers = 0o022;

/**
 * The owner of a file or directory that nobody but him and root can have put there; undefined where another could, or
 * it is not there. In a sticky directory (/tmp) everyone may make an entry, so there it counts only where it is root's.
 */
function ownerOf(place: string): number | undefined {
  try {
    let at = realpathSync(place);
    let below = statSync(at);
    const owner = below.uid;
    while (at !== "/") {
      at = dirname(at);
      const above = statSync(at);
      if (!isClosed(above, below, owner)) return undefined;
      below = above;
    }
    return owner;
  } catch {
    return undefined;
  }
}

function isClosed(directory: Stats, entry: Stats, owner: number): boolean {
  if (directory.uid !== 0 && directory.uid !== owner) return false;
  if ((directory.mode & writableByOthers) === 0) return true;
  return (directory.mode & sticky) !== 0 && entry.uid === 0;
}
