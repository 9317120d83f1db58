/** The pages of the help that are not of one command. */

import faults from "./topics/faults.md" with { type: "text" };
import files from "./topics/files.md" with { type: "text" };
import json from "./topics/json.md" with { type: "text" };
import lines from "./topics/lines.md" with { type: "text" };
import migrate from "./topics/migrate.md" with { type: "text" };
import rules from "./topics/rules.md" with { type: "text" };
import security from "./topics/security.md" with { type: "text" };
import used from "./topics/used.md" with { type: "text" };

/** Markdown, by the word after `nsomem help`, in the order of the help. */
export const topics: Readonly<Record<string, string>> = {
  migrate,
  used,
  rules,
  files,
  json,
  lines,
  faults,
  security,
};
