/** The rooms of src and their arrows: imports.test.ts holds the code to them, readme.test.ts the README of the source. */

/**
 * Each room and the rooms that its files may import beside their own; a file is in the room with the longest path of
 * those that it lies in.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  main: ["cli", "demo", "linux", "ui", "core"],
  cli: [
    ...["drill", "doctor", "bundle", "service", "agent", "metrics", "demo", "rescue", "configuration"],
    ...["record", "dump", "report", "report/statistics", "tool", "linux", "ui", "core"],
  ],
  drill: ["agent", "rescue", "configuration", "record", "linux", "core"],
  doctor: ["record", "linux", "core"],
  bundle: ["report/page", "report/statistics", "record", "dump", "linux", "core"],
  service: ["linux", "core"],
  metrics: ["record", "linux", "core"],
  demo: ["linux", "core"],
  agent: ["rescue", "configuration", "record", "tool", "linux", "core"],
  configuration: ["rescue", "record", "linux", "core"],
  rescue: ["record", "dump", "linux", "core"],
  record: ["linux", "core"],
  dump: ["linux", "core"],
  report: ["report/page", "report/picture", "report/statistics", "report/series", "core"],
  "report/page": ["report/page/client", "report/picture", "report/statistics", "report/series", "core"],
  "report/page/client": ["report/series", "core"],
  "report/picture": ["report/series", "linux", "core"],
  "report/statistics": ["report/series", "core"],
  "report/series": ["core"],
  release: ["service"],
  tool: ["linux", "core"],
  linux: ["core"],
  ui: ["core"],
  core: [],
};
