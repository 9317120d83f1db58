/** One guest under qemu's emulator: its console goes into a file, what its scenario says comes as lines. */

import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The emulator does `rep movsb` byte by byte: without erms a copy takes a fifth of the time. What programs do with AVX
 * where it is there takes it longer than what they do without.
 */
const processor = "max,-erms,-avx,-avx2,-f16c,-fma";

/**
 * The guest's machine. Part of what names a memory image, which can be used only by the same machine. With two processors
 * a guest beside another takes a third more of a core's time, and longer. 256 MiB for what the emulator translated are
 * full after a minute, and it begins anew.
 */
export function machine(memoryMib: number): string[] {
  return [
    ...["-no-user-config", "-nodefaults", "-display", "none"],
    ...["-accel", "tcg,thread=multi,tb-size=1024", "-cpu", processor, "-smp", "1", "-m", String(memoryMib)],
  ];
}

/**
 * A part of a memory image, too. By norandmaps a program is where it was the last time, and need not be translated
 * again: 100 times /bin/true take 1.2 s and not 3.1 s. By the TSC a look at the clock needs no call of the kernel, and no
 * device of the emulator's that one processor at a time may ask (HPET).
 */
export const kernelLine = [
  ...["console=ttyS0", "quiet", "loglevel=5", "panic=5", "mitigations=off", "systemd.show_status=0"],
  ...["trace_clock=local", "nowatchdog", "norandmaps", "tsc=reliable", "clocksource=tsc"],
].join(" ");

export interface GuestOptions {
  imageDir: string;
  memoryMib: number;
  /** The root disk. */
  disk: string;
  /** What the guest writes to its disk is gone with it. */
  forgets: boolean;
  /** An ext4 image, read-only. */
  payload?: string;
  reboots: boolean;
  /** A memory image that it goes on from, in the place of a boot. */
  resumeFrom?: string;
  consoleFile: string;
  /** Where qemu's monitor (QMP) listens. */
  monitor?: string;
}

export interface Guest {
  /** The next line on its second serial port; undefined when the guest has ended. */
  line(): Promise<string | undefined>;
  say(line: string): void;
  exited: Promise<number>;
  /** Of a core's time, since it was started. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export function startGuest(options: GuestOptions): Guest {
  writeFileSync(options.consoleFile, "");
  const words = openSync(options.consoleFile, "a");
  // With this process it ends too, however that ended.
  const command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", ...guestArguments(options)];
  const child = Bun.spawn(command, { stdio: ["pipe", "pipe", words] });
  closeSync(words);
  const lines = readLines(child.stdout);
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  return {
    line: async () => (await lines.next()).value,
    say(line) {
      child.stdin.write(`${line}\n`);
      child.stdin.flush();
    },
    exited: child.exited,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    async stop() {
      end();
      await child.exited;
      process.off("exit", end);
    },
  };
}

/** User and system time, in hundredths of a second (proc(5)). 0 of one that has ended. */
function cpuSecondsOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  const fields = readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function guestArguments(options: GuestOptions): string[] {
  const snapshot = options.forgets ? "on" : "off";
  // The payload's place is there in the memory image too, with an empty disk.
  const payload = options.payload ?? join(options.imageDir, "empty.img");
  return [
    ...machine(options.memoryMib),
    ...["-kernel", join(options.imageDir, "vmlinuz"), "-initrd", join(options.imageDir, "initrd")],
    ...["-append", kernelLine, ...(options.reboots ? [] : ["-no-reboot"])],
    ...["-drive", `file=${options.disk},if=virtio,format=raw,cache=unsafe,snapshot=${snapshot}`],
    ...["-drive", `file=${payload},if=virtio,format=raw,readonly=on`],
    ...["-chardev", `file,id=console,path=${options.consoleFile},append=on`, "-serial", "chardev:console"],
    ...["-serial", "stdio"],
    ...[
      "-monitor",
      "none",
      ...(options.monitor ? ["-qmp", `unix:${options.monitor},server=on,wait=off`] : []),
    ],
    ...(options.resumeFrom ? ["-incoming", `exec:cat ${options.resumeFrom}`] : []),
  ];
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces.map((piece) => piece.trimEnd());
  }
  return undefined;
}
