/** How large the heap of a Java VM may become, by its options. Source: the java command's manual page. */

const units: Record<string, number> = { "": 1 / 1024, k: 1, m: 1024, g: 1024 ** 2, t: 1024 ** 3 };

/** In KiB, by the last of the options that say it; undefined where none does: then a quarter of the memory it sees. */
export function heapMaxKib(options: readonly string[]): number | undefined {
  return options.flatMap((option) => sizeOf(option) ?? []).at(-1);
}

/** The words of a variable such as NCS_JAVA_VM_OPTIONS. Quotes are taken as they stand. */
export function javaWords(variable: string | undefined): string[] {
  return variable?.split(/\s+/).filter(Boolean) ?? [];
}

function sizeOf(option: string): number | undefined {
  const match = /^(?:-Xmx|-XX:MaxHeapSize=)(\d+)([kmgt]?)$/i.exec(option);
  const factor = units[(match?.[2] ?? "").toLowerCase()];
  return match && factor !== undefined ? Math.floor(Number(match[1]) * factor) : undefined;
}
