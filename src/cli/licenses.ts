/** `nsomem licenses`: the licence texts that this binary must carry. */

import { defineCommand } from "citty";
import { print } from "../ui/print.ts";

export default defineCommand({
  args: {},
  async run() {
    const { licences } = await import("./licences/licences.ts");
    print(licences());
  },
});
