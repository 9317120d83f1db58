/** The version and commit this binary was built from. `build.ts` puts them in; from sources they read `0.0.0-dev`. */

declare const NSOMEM_VERSION: string;
declare const NSOMEM_COMMIT: string;

export const version = typeof NSOMEM_VERSION === "string" ? NSOMEM_VERSION : "0.0.0-dev";
export const commit = typeof NSOMEM_COMMIT === "string" ? NSOMEM_COMMIT : "unknown";
