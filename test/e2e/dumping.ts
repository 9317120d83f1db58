/** A real BEAM that is to write its crash dump, on a kernel view of the test's own; also as another user. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { beamMissing } from "../lab/beam.ts";
import { type NcsCommand, writeNcsCommand } from "../lab/ncs-command.ts";
import { asUser } from "../lab/users.ts";
import { createKernelView, type KernelView, kernelViewMissing } from "./kernel-view.ts";
import type { Scene } from "./scene.ts";

/** Why none can be had here, or undefined. */
export const dumpingMissing = beamMissing ?? kernelViewMissing();

export const nobody = 65534;
export const asNobody = asUser(nobody);

export interface Dumping {
  view: KernelView;
  /** A stand-in, which the configuration names. */
  ncs: NcsCommand;
  config: string;
  /** NSO's; not made yet. */
  runDir: string;
}

/** `crashDump` and `nso`: more lines of these sections. */
export function prepareDumping(scene: Scene, { crashDump = "", nso = "" } = {}): Dumping {
  const view = createKernelView(join(scene.dir(), "view"));
  const ncs = writeNcsCommand(join(scene.dir(), "bin"));
  const config = `[crash_dump]\n${crashDump}\n[nso]\ncommand = "${ncs.path}"\n${nso}\n[actions]\nwarning_phy = []\n`;
  return { view, ncs, config, runDir: join(scene.dir(), "run") };
}

/** A copy of the lab's NSO that every user may read, wherever the checkout is. */
export function readableCopy(scene: Scene, root: string): string {
  const copy = join(scene.dir(), "ncs");
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** The same with a file capability: its environment and directory may not be read by its own user (facts 3.8). */
export function capableCopy(scene: Scene, root: string): string {
  const copy = readableCopy(scene, root);
  const emulator = join(copy, "erts/bin/ncs.smp");
  if (!Bun.spawnSync(["setcap", "cap_net_bind_service=+ep", emulator]).success)
    throw new Error("setcap failed");
  return copy;
}
