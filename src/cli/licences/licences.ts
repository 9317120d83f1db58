/** The licences of nsomem and of all that is inside its binary: resvg's MPL-2.0 and the others ask for it. */

// Runs while nsomem is bundled (or, from sources, transpiled): what is left here is the finished text.
import { collectLicences } from "./collect.ts" with { type: "macro" };

const text = collectLicences();

export function licences(): string {
  return text;
}
