import { defineCommand } from "citty";

export default defineCommand({
  meta: { name: "extract", description: "Write the embedded measuring tool into a directory" },
  args: { dir: { type: "positional", description: "directory, made if absent", required: true } },
  run({ args }) {
    console.log(args.dir);
  },
});
