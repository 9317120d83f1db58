/** A native load that grows through a limit at a known rate, up to 2 GB/s and more of touched pages. */

import { nativeProgram } from "./native.ts";
import { type Part, startPart } from "./part.ts";

export interface Grower extends Omit<Part, "say" | "line"> {
  /** Takes `capMib` MiB in all at `mibPerSecond` and holds them. Resolves with the rate that was reached. */
  grow(request: { mibPerSecond: number; capMib: number }): Promise<{ mibPerSecond: number }>;
  /** Touches `mib` MiB and gives them back, so that a virtual machine has them at hand for the next 2 s. */
  warm(mib: number): Promise<void>;
  /** Gives all back, also in the middle of growing: then `grow` resolves too, with a rate of 0. */
  release(): Promise<void>;
}

/** Starts it; it ends by itself after `boundSeconds`. */
export async function startGrower({ boundSeconds = 120 } = {}): Promise<Grower> {
  const part = startPart({ command: [nativeProgram("grower"), String(boundSeconds)] });
  const replies = new Map<string, PromiseWithResolvers<bigint>>();
  await part.line();
  void readReplies();

  async function readReplies(): Promise<void> {
    try {
      for (;;) {
        const [word = "", , atNs = "0"] = (await part.line(boundSeconds * 1000 + 10_000)).split(" ");
        replies.get(word)?.resolve(BigInt(atNs));
        if (word === "released") replies.get("held")?.resolve(0n);
      }
    } catch (error) {
      for (const reply of replies.values()) reply.reject(error);
    }
  }

  function ask(command: string, word: string): Promise<bigint> {
    const reply = Promise.withResolvers<bigint>();
    // A grower that is stopped while nobody waits for it is no failure.
    reply.promise.catch(() => undefined);
    replies.set(word, reply);
    part.say(command);
    return reply.promise;
  }

  return {
    ...part,
    async grow({ mibPerSecond, capMib }) {
      const startedMs = performance.timeOrigin + performance.now();
      const heldNs = await ask(`grow ${mibPerSecond} ${capMib}`, "held");
      const seconds = (Number(heldNs) / 1e6 - startedMs) / 1000;
      return { mibPerSecond: heldNs === 0n ? 0 : capMib / seconds };
    },
    warm: async (mib) => void (await ask(`warm ${mib}`, "warmed")),
    release: async () => void (await ask("release", "released")),
  };
}
