/** The commands for monitoring systems, in the order of the help. */

import type { CommandEntries } from "./entry.ts";

export const monitoring = {
  check: {
    summary: "The state of memory for Nagios and its kin",
    about: `One line with performance data, and the exit code of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. What the agent last wrote is read, and nothing else: a check costs a few milliseconds.

It is critical too when no agent runs, or it is silent for 90 seconds, or it cannot measure. Run it as root or as the agent's user.`,
    examples: [["check", "one line and the code"]],
    load: () => import("../check.ts"),
    onError: async (error) => (await import("../check.ts")).tellUnknown(error),
  },
  metrics: {
    summary: "What the agent knows, for Prometheus and Grafana",
    about: `A process of its own that reads what the agent last wrote. Run it as root or as the agent's user. What leaves this host is for the node_exporter or a proxy: --listen takes a loopback address or a Unix socket alone.

Of several agents on one host (--name) each series has the label nso="NAME".`,
    examples: [
      ["metrics --textfile /var/lib/prometheus/node-exporter/nsomem.prom --every 15s", "in a file"],
      ["metrics --listen 127.0.0.1:9639", "to be scraped on this host"],
      ["metrics --alerts > nsomem.rules.yml", "rules for Prometheus's rule_files"],
      ["metrics --dashboard > nsomem.json", "to be imported into Grafana"],
    ],
    load: () => import("../metrics.ts"),
  },
} satisfies CommandEntries;
