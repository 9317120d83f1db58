/** Records until it is killed; says so after a hundred ticks. For history.test.ts. */

import { openSample, startMs, tick } from "./sample-ticks.ts";

const { history } = openSample(process.argv[2] ?? "");
for (let index = 0; ; index++) {
  history.recordTick(tick(startMs + index * 1000));
  if (index === 100) console.log("recorded");
  await Bun.sleep(0);
}
