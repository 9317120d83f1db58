/** What a child says on a pipe, as far as it is worth reading. */

import { shownText } from "../core/shown.ts";

/** Beyond the bound the pipe is read slowly and what comes is dropped: it never blocks the child, nor costs a core. */
const floodPauseMs = 10;
/** Once the child has ended: a process of its own that still holds the pipe is not waited for. */
const drainMsMax = 200;

export interface ChildText {
  /** The start of it made safe to be shown, at most `lengthMax` characters. To be asked when the child has ended; never rejects. */
  start(): Promise<string>;
}

export function listenTo(stream: ReadableStream<Uint8Array>, lengthMax: number): ChildText {
  const reader = stream.getReader();
  let text = "";
  const ended = read();
  return {
    async start() {
      await Promise.race([ended, Bun.sleep(drainMsMax)]);
      void reader.cancel().catch(() => undefined);
      return shownText(text.slice(0, lengthMax));
    },
  };

  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        if (text.length < lengthMax) text += decoder.decode(value, { stream: true });
        else await Bun.sleep(floodPauseMs);
      }
    } catch {
      // The pipe broke with the process.
    }
  }
}
