/** Metrics as text, by prom-client: Prometheus's own format, or OpenMetrics for whoever asks for it. */

import type { RegistryContentType } from "prom-client";
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Registry from "prom-client/lib/registry.js";
import type { Family, Sample } from "./family.ts";

export type Format = "prometheus" | "openmetrics";

export const contentTypes: Readonly<Record<Format, RegistryContentType>> = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/** `common` labels stand on every sample: of several agents on one host they tell whose it is. */
export async function exposition(
  families: readonly Family[],
  format: Format = "prometheus",
  common: Readonly<Record<string, string>> = {},
): Promise<string> {
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(contentTypes[format]);
  for (const family of families) register(registry, family, common);
  return await registry.metrics();
}

/** Of this moment alone, so that what is gone has no series left. */
function register(
  registry: Registry<RegistryContentType>,
  { name, help, type, samples }: Family,
  common: Sample["labels"],
): void {
  const labelNames = Object.keys({ ...samples[0]?.labels, ...common });
  const options = { name, help, labelNames, registers: [registry] };
  if (type === "counter") {
    const metric = new Counter(options);
    for (const { labels, value } of samples) metric.inc({ ...labels, ...common }, value);
    return;
  }
  const metric = new Gauge(options);
  for (const { labels, value } of samples) metric.set({ ...labels, ...common }, value);
}
