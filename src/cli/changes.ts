/** `nsomem changes`: what each version changed for its user. */

import { defineCommand } from "citty";
import { print } from "../ui/print.ts";
import text from "./changes/changes.md" with { type: "text" };

export default defineCommand({
  args: {},
  run() {
    print(text.trimEnd());
  },
});
