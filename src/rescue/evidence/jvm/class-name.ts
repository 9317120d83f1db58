/** How HotSpot writes the name of a class inside, and how Java does. Pure. */

const primitives: Record<string, string> = {
  B: "byte",
  C: "char",
  D: "double",
  F: "float",
  I: "int",
  J: "long",
  S: "short",
  Z: "boolean",
};

/** `[[Ljava/lang/String;` becomes `java.lang.String[][]`; undefined for what can be no class name. */
export function javaClassName(internal: string): string | undefined {
  const [, brackets = "", element = ""] = /^(\[*)(.+)$/s.exec(internal) ?? [];
  // What a class file may have in a name is more; what compilers make of Java, Kotlin and Scala is this.
  if (!/^[\p{L}\p{N}_$/;.+<>-]+$/u.test(element) || brackets.length > 255) return undefined;
  if (brackets === "") return element.replaceAll("/", ".");
  const [, reference] = /^L(.+);$/.exec(element) ?? [];
  const name = reference?.replaceAll("/", ".") ?? primitives[element];
  return name === undefined ? undefined : `${name}${"[]".repeat(brackets.length)}`;
}
