import { expect, test } from "bun:test";
import { javaClassName } from "../../../../src/rescue/evidence/jvm/class-name.ts";

test.each([
  ["java/lang/String", "java.lang.String"],
  ["[B", "byte[]"],
  ["[[J", "long[][]"],
  ["[Ljava/util/HashMap$Node;", "java.util.HashMap$Node[]"],
  ["Leak$Route", "Leak$Route"],
  ["de/größe/Straße", "de.größe.Straße"],
] as const)("%s is what Java calls %s", (internal, name) => {
  expect(javaClassName(internal)).toBe(name);
});

test.each(["", "[", "[Q", "[Lunended", "a b", "a\u001b[0m", "a\nb", `${"[".repeat(256)}B`])(
  "%j is the name of no class",
  (internal) => {
    expect(javaClassName(internal)).toBeUndefined();
  },
);
