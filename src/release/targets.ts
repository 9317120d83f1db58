/** What a release is made for. */

export interface Target {
  /** As in the file's name. */
  name: "linux-x64" | "linux-arm64" | "linux-x64-musl" | "linux-arm64-musl";
  /** As Bun calls it; the plain x64 build needs no AVX and is the same file as its baseline build. */
  bunTarget: "bun-linux-x64" | "bun-linux-arm64" | "bun-linux-x64-musl" | "bun-linux-arm64-musl";
  /** The npm package with the runtime; its version and SHA-512 are pinned in package-lock.json. */
  runtimePackage: string;
  /** What package managers call the architecture; absent where no package is made. */
  architecture?: { deb: string; rpm: string };
}

export const targets: readonly Target[] = [
  {
    name: "linux-x64",
    bunTarget: "bun-linux-x64",
    runtimePackage: "@oven/bun-linux-x64",
    architecture: { deb: "amd64", rpm: "x86_64" },
  },
  {
    name: "linux-arm64",
    bunTarget: "bun-linux-arm64",
    runtimePackage: "@oven/bun-linux-aarch64",
    architecture: { deb: "arm64", rpm: "aarch64" },
  },
  { name: "linux-x64-musl", bunTarget: "bun-linux-x64-musl", runtimePackage: "@oven/bun-linux-x64-musl" },
  {
    name: "linux-arm64-musl",
    bunTarget: "bun-linux-arm64-musl",
    runtimePackage: "@oven/bun-linux-aarch64-musl",
  },
];
