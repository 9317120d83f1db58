/** `nsomem config check` and `config show`: what a configuration says, and what of it is in force. */

import { resolve } from "node:path";
import { defineCommand } from "citty";
import { inspectConfig, prepareConfig } from "../configuration/prepare.ts";
import { readConfig } from "../configuration/read.ts";
import { wordOf } from "../core/action.ts";
import { effectiveKeys, tomlValue } from "../core/effective.ts";
import { isForecast, rulesOf } from "../core/rule.ts";
import { tomlDuration } from "../core/units.ts";
import { print, printJson } from "../ui/print.ts";
import { configArg, homeArgs, parsePid } from "./options.ts";
import { configFileOf } from "./settings.ts";

const json = { type: "boolean", description: "JSON instead of text" } as const;
const home = homeArgs("look for nsomem.toml below DIR, as start --home DIR does");

const check = defineCommand({
  args: {
    file: { type: "positional", description: "default: the one that start would read", required: false },
    json,
    ...home,
  },
  async run({ args }) {
    const [path, options] = configFileOf({ ...args, config: args.file });
    const { file, config, callbacks, warnings } = await prepareConfig(path, options);
    if (args.json) {
      const rules = rulesOf(config).map(({ name, on, actions }) => ({
        name,
        actions: actions.map(wordOf),
        within: isForecast(on) ? tomlDuration(on.withinMs) : null,
      }));
      printJson({ schema: 1, file: file ?? null, callbacks: callbacks ?? null, rules, warnings });
      return;
    }
    print(file ? `${file} is in order.` : `There is no ${resolve(path)}; the defaults are in force.`);
    if (callbacks) print(`${callbacks.file} exports: ${callbacks.exports.join(", ") || "nothing yet"}`);
    for (const { name, on, actions } of rulesOf(config)) {
      const list = actions.length > 0 ? actions.map(wordOf).join(", ") : "(log only)";
      const when = isForecast(on) ? `  (when critical is forecast within ${tomlDuration(on.withinMs)})` : "";
      print(`  ${name.padEnd(16)} ${list}${when}`);
    }
    for (const warning of warnings) print(`Note: ${warning}`);
  },
});

const show = defineCommand({
  args: {
    pid: { type: "string", valueHint: "N", description: "as for start" },
    json,
    ...home,
    ...configArg,
  },
  async run({ args }) {
    const [path, options] = configFileOf(args);
    const { document, file } = readConfig(resolve(path), options);
    const { config } = await inspectConfig(path, options);
    const flags = args.pid === undefined ? {} : { "nso.pid": parsePid(args.pid) };
    const keys = effectiveKeys(config, document, flags);
    const rules = (document.rule ?? []) as Record<string, unknown>[];
    if (args.json) {
      const values = keys.map(({ text, ...key }) => ({ ...key, value: text ?? null }));
      printJson({ schema: 1, file: file ?? null, keys: values, rules });
      return;
    }
    const lines = [`# ${file ?? `${resolve(path)} is not there: the defaults are in force`}`];
    let section = "";
    for (const key of keys) {
      if (key.section !== section) lines.push("", `[${key.section}]`);
      section = key.section;
      const setting = key.text === undefined ? `# ${key.key} is not set` : `${key.key} = ${key.text}`;
      lines.push(`${setting.padEnd(44)} # ${key.origin}`);
    }
    for (const table of rules) {
      lines.push("", "[[rule]]".padEnd(44).concat(" # file"));
      for (const [key, value] of Object.entries(table)) lines.push(`${key} = ${tomlValue(value)}`);
    }
    print(lines.join("\n"));
  },
});

export default defineCommand({
  subCommands: { check, show },
});
