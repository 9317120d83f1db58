/** Real NSO-side VMs: a JVM and Python VMs under NSO's command lines, holding memory on command. */

import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { jvmArguments, pythonArguments } from "./command-line.ts";
import { missingCommand } from "./missing.ts";
import { type Part, startPart } from "./part.ts";

/** Why no JVM, or no Python VM, can be had here, or undefined. */
export const jvmMissing: string | undefined = missingCommand("java", "javac");
export const pythonMissing: string | undefined = missingCommand("python3");

export interface Vm extends Omit<Part, "say" | "line"> {
  /** PIDs of its multiprocessing children. */
  children: number[];
  /** Holds `mib` MiB in all, every page touched; 0 gives all back to the VM. */
  hold(mib: number): Promise<void>;
  /** Says a line, and gives its answer. */
  ask(line: string): Promise<string>;
}

export interface JvmOptions {
  heapMib?: number;
  cwd?: string;
  /** Before the class path: `-XX:+UseSerialGC`. */
  flags?: readonly string[];
}

/** A JVM that runs `com.tailf.ncs.NcsJVMLauncher`. */
export async function startJvm({ heapMib = 256, cwd, flags = [] }: JvmOptions = {}): Promise<Vm> {
  const classes = jvmClasses();
  const java = Bun.which("java") ?? "java";
  return await ready(
    startPart({
      command: [java, ...flags, ...jvmArguments(classes, heapMib)],
      argv0: "java",
      ...(cwd === undefined ? {} : { cwd }),
    }),
  );
}

/** The directory of its classes, compiled. */
export function jvmClasses(): string {
  const source = labFile("NcsJVMLauncher.java");
  return cached("jvm", [source], (partial) => compile(["javac", "-d", partial, source]));
}

export interface PythonVmOptions {
  name: string;
  /** Number of multiprocessing children, and how they are made. */
  children?: number;
  childMethod?: "fork" | "spawn";
  /** The interpreter; the system's own without it. */
  python?: string;
  cwd?: string;
}

/** A Python VM that runs `…/ncs_pyvm/startup.py -i NAME`. */
export async function startPythonVm({
  name,
  children = 0,
  childMethod = "fork",
  python = pythonExecutable(),
  cwd,
}: PythonVmOptions): Promise<Vm> {
  const dir = cached("python", [labFile("startup.py")], (partial) => {
    mkdirSync(join(partial, "ncs_pyvm"));
    copyFileSync(labFile("startup.py"), join(partial, "ncs_pyvm/startup.py"));
  });
  return await ready(
    startPart({
      command: [python, ...pythonArguments(join(dir, "ncs_pyvm/startup.py"), name)],
      argv0: "python3",
      ...(cwd === undefined ? {} : { cwd }),
      env: {
        // Spawned children look their interpreter up under the name python3.
        PATH: `${dirname(python)}:${process.env.PATH ?? ""}`,
        LAB_CHILDREN: String(children),
        LAB_CHILD_METHOD: childMethod,
      },
    }),
  );
}

/** The system's own Python before one in PATH that may be a version manager's script. */
function pythonExecutable(): string {
  return existsSync("/usr/bin/python3") ? "/usr/bin/python3" : (Bun.which("python3") ?? "python3");
}

async function ready(part: Part): Promise<Vm> {
  try {
    const [, ...children] = (await part.line()).split(" ");
    return {
      ...part,
      children: children.map(Number),
      async ask(line) {
        part.say(line);
        return await part.line();
      },
      async hold(mib) {
        part.say(`hold ${mib}`);
        await part.line();
      },
    };
  } catch (error) {
    await part.stop();
    throw error;
  }
}
