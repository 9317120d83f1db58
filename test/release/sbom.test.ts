import { describe, expect, test } from "bun:test";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { billOfMaterials } from "../../src/release/sbom.ts";
import { targets } from "../../src/release/targets.ts";

const target = targets[1];
if (!target) throw new Error("there is no second target");
const bill = billOfMaterials({
  origin: { version: "0.2.0", commit: "abc1234", epochSeconds: 1_795_906_800 },
  target,
  sha256: "ab".repeat(32),
  packages: ["@resvg/resvg-wasm", "zod"],
});

describe("the bill of materials", () => {
  test("is CycloneDX 1.6 by its own schema", async () => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill)).toBeNull();
  });

  test("what is none is told apart", async () => {
    const wrong = bill.replace('"type": "library"', '"type": "book"');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(wrong)).not.toBeNull();
  });

  test("names the binary, its runtime and each package, with version, licence and package URL", () => {
    const { metadata, components, dependencies } = JSON.parse(bill);
    expect(metadata.timestamp).toBe("2026-11-28T23:00:00.000Z");
    expect(metadata.component).toMatchObject({
      name: "nsomem-linux-arm64",
      version: "0.2.0",
      hashes: [{ alg: "SHA-256", content: "ab".repeat(32) }],
    });
    expect(components.map((one: { purl: string }) => one.purl)).toEqual([
      "pkg:npm/%40oven/bun-linux-aarch64@1.4.5",
      "pkg:npm/%40resvg/resvg-wasm@2.6.2",
      expect.stringMatching(/^pkg:npm\/zod@\d/),
    ]);
    expect(components[1]).toMatchObject({ licenses: [{ license: { id: "MPL-2.0" } }] });
    expect(dependencies.find(({ ref }: { ref: string }) => ref === "nsomem").dependsOn).toHaveLength(3);
  });
});
