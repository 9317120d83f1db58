/** Room for debug dumps: how much they may take, so that NSO's crash dump and this host still have theirs. */

import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../core/config.ts";
import { largestPerCore } from "../../core/dump-prospect.ts";
import { formatKib } from "../../core/units.ts";
import { readRssKib } from "../../linux/procfs.ts";
import { keepQuota } from "../../record/incident-keeping.ts";
import type { CoreActionContext } from "../action-context.ts";

export interface DumpRoom {
  /**
   * Why another dump, of about `bytes`, is not to begin; undefined where there is room. Old incidents lose their dumps
   * for it.
   */
  obstacle(bytes: number): Promise<string | undefined>;
  /** Looks while one is written, and calls back once when it comes into what is to stay free. Returns how to end that. */
  watch(onShort: (why: string) => void): () => void;
}

/** Of the file system that a directory is on. Undefined where it does not answer: what is not known refuses nothing. */
export interface RoomFacts {
  freeBytes(): Promise<number | undefined>;
  /** To stay free, and why. */
  reserve(): Promise<{ bytes: number; why: string }>;
  /** Frees so much more, where old incidents have it. */
  free(bytes: number): Promise<void>;
}

/** A dump of 2 GB/s comes 200 MB further between two looks. */
const lookMs = 100;

export function createDumpRoom({ freeBytes, reserve, free }: RoomFacts): DumpRoom {
  const shortBy = async (bytes: number) => {
    const [there, kept] = await Promise.all([freeBytes(), reserve()]);
    if (there === undefined || there - bytes >= kept.bytes) return undefined;
    const size = (of: number) => formatKib(of / 1024);
    const sentence = `${size(there)} are free, and ${size(kept.bytes)} are to stay free ${kept.why}`;
    return { bytes: kept.bytes + bytes - there, sentence };
  };
  return {
    async obstacle(bytes) {
      const short = await shortBy(bytes);
      if (!short) return undefined;
      await free(short.bytes);
      return (await shortBy(bytes))?.sentence;
    },
    watch(onShort) {
      let looking = false;
      const timer = setInterval(async () => {
        if (looking) return;
        looking = true;
        const short = await shortBy(0).catch(() => undefined);
        looking = false;
        if (!short) return;
        clearInterval(timer);
        onShort(short.sentence);
      }, lookMs);
      return () => clearInterval(timer);
    },
  };
}

/** A mount that does not answer by then is not asked again by this question. */
const answerMsMax = 1000;

/** For the dumps of one incident. `isLast`: there will be no crash dump, which needs no room then. */
export function dumpRoomFor(context: CoreActionContext, { isLast }: { isLast: boolean }): DumpRoom {
  const { config, host, incident, incidents, target } = context;
  const { dir } = incident;
  return createDumpRoom({
    freeBytes: () => answered(statfs(dir).then(({ bavail, bsize }) => bavail * bsize)),
    async reserve() {
      if (isLast) return { bytes: 0, why: "" };
      const own = config.incidents.free_min * 1024;
      const isShared = await answered(
        isSameFileSystem(
          dir,
          target.dump.places.map(({ reach }) => dirname(reach)),
        ),
      );
      const rssKib = isShared ? (readRssKib(host.roots.procDir, target.core.pid) ?? 0) : 0;
      const crashDump = Math.ceil(rssKib * largestPerCore) * 1024;
      const why = isShared
        ? "([incidents] free_min, and room for NSO's crash dump)"
        : "([incidents] free_min)";
      return { bytes: own + crashDump, why };
    },
    async free(wantedBytes) {
      await keepQuota(incidents, {
        ...{ quota: quotaOf(config), wantedBytes, atMs: host.wallMs() },
        isOpen: (id) => id === incident.id,
      }).catch(() => undefined);
    },
  });
}

export function quotaOf({ incidents: { count_max, dumps_max, size_max } }: Pick<Config, "incidents">) {
  return { countMax: count_max, dumpsMax: dumps_max, bytesMax: size_max * 1024 };
}

function answered<T>(answer: Promise<T>): Promise<T | undefined> {
  return Promise.race([answer, Bun.sleep(answerMsMax).then(() => undefined)]).catch(() => undefined);
}

async function isSameFileSystem(dir: string, others: readonly string[]): Promise<boolean> {
  const { dev } = await stat(dir);
  const devices = await Promise.all(
    others.map(async (other) => (await stat(other).catch(() => undefined))?.dev),
  );
  return devices.includes(dev);
}
