/** The bill of materials of one binary, as CycloneDX 1.6 in JSON: the runtime, and each npm package that is inside. */

import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import { npmPackage } from "./npm-package.ts";
import type { Origin } from "./origin.ts";
import type { Target } from "./targets.ts";

export interface BillOf {
  origin: Origin;
  target: Target;
  /** Hexadecimal, of the binary. */
  sha256: string;
  /** Their names, as the bundler reports them. */
  packages: readonly string[];
}

/** Text with a line end; the same bytes for the same binary. */
export function billOfMaterials({ origin, target, sha256, packages }: BillOf): string {
  const binary = new Models.Component(Enums.ComponentType.Application, `nsomem-${target.name}`, {
    version: origin.version,
    bomRef: "nsomem",
    description: `built from ${origin.commit}`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
    licenses: licence("MIT"),
  });
  const bill = new Models.Bom({
    metadata: new Models.Metadata({ component: binary, timestamp: new Date(origin.epochSeconds * 1000) }),
  });
  const parts = [
    component(target.runtimePackage, Enums.ComponentType.Platform),
    ...packages.map((name) => component(name)),
  ];
  for (const part of parts) {
    bill.components.add(part);
    binary.dependencies.add(part.bomRef);
  }
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalizer).serialize(bill, { sortLists: true, space: 2 })}\n`;
}

/** The runtime's own package is not installed for a foreign host; "bun" is, has the same version, and the licence. */
function component(name: string, type = Enums.ComponentType.Library): Models.Component {
  const { version, license } = npmPackage(type === Enums.ComponentType.Platform ? "bun" : name);
  const parts = name.split("/");
  const namespace = parts.length > 1 ? parts[0] : undefined;
  const purl = new PackageURL("npm", namespace, parts.at(-1) ?? name, version).toString();
  return new Models.Component(type, parts.at(-1) ?? name, {
    ...(namespace && { group: namespace }),
    version,
    bomRef: purl,
    purl,
    licenses: licence(license),
  });
}

function licence(expression: string | undefined): Models.LicenseRepository {
  return new Models.LicenseRepository(expression ? [new Models.SpdxLicense(expression)] : []);
}
