/** What is asked of qemu's monitor: to write the guest's memory into a file. */

import { until, withDeadline } from "../lab/part.ts";

/** Writes the guest's memory into `file` and ends it. Throws where qemu refuses or takes over a minute. */
export async function saveMemory(monitor: string, file: string): Promise<void> {
  const ask = await connect(monitor);
  await ask({ execute: "qmp_capabilities" });
  await ask({ execute: "migrate-set-parameters", arguments: { "max-bandwidth": 16 * 2 ** 30 } });
  await ask({ execute: "migrate", arguments: { uri: `exec:cat > ${file}` } });
  await until(
    "the guest's memory to be written",
    async () => {
      const { status } = (await ask({ execute: "query-migrate" })) as { status?: string };
      if (status === "failed") throw new Error("qemu could not write the guest's memory");
      return status === "completed";
    },
    60_000,
  );
  await ask({ execute: "quit" });
}

type Ask = (command: object) => Promise<unknown>;

/** One command at a time; events are passed over. */
async function connect(path: string): Promise<Ask> {
  let answered: PromiseWithResolvers<unknown> | undefined;
  let rest = "";
  const socket = await Bun.connect({
    unix: path,
    socket: {
      data(_, data) {
        const lines = (rest + data.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.filter((one) => one.trim() !== "")) {
          const answer = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
          if (answer.error) answered?.reject(new Error(`qemu: ${answer.error.desc}`));
          else if ("return" in answer) answered?.resolve(answer.return);
        }
      },
    },
  });
  return async (command) => {
    answered = Promise.withResolvers<unknown>();
    socket.write(`${JSON.stringify(command)}\n`);
    return await withDeadline(answered.promise, 30_000, `qemu to answer ${JSON.stringify(command)}`);
  };
}
