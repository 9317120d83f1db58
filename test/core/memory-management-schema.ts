/**
 * The schema of NSO 6.7's memory-management as ncs.conf(5) has it, in the shape of its YANG: which node may hold which,
 * of what type, how often. It is written from the manual page and the guide, and knows nothing of how nsomem reads the section.
 */

/** In the form of the guide's example: a threshold of each kind, and one dump that leaves out what has a default. */
export const documentedSection = `<memory-management>
  <actions>
    <action>
      <name>first-look</name>
      <used-memory-threshold-percentage>85</used-memory-threshold-percentage>
      <debug-dump>
        <count>4</count>
        <cooldown-period>PT15M</cooldown-period>
        <directory>/var/opt/ncs/dumps</directory>
      </debug-dump>
    </action>
    <action>
      <name>little-left</name>
      <free-memory-threshold-bytes>4294967296</free-memory-threshold-bytes>
      <debug-dump>
        <directory>/var/opt/ncs/dumps</directory>
      </debug-dump>
    </action>
  </actions>
</memory-management>`;

type Node =
  | { kind: "leaf"; type: RegExp | ((text: string) => boolean); mandatory?: boolean }
  | { kind: "container" | "list"; nodes: Record<string, Node>; mandatory?: boolean; choice?: string[] };

const whole = (max: number) => (text: string) => /^\d+$/.test(text) && Number(text) <= max;
const duration = /^-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

const schema: Node = {
  kind: "container",
  nodes: {
    actions: {
      kind: "container",
      nodes: {
        action: {
          kind: "list",
          choice: ["used-memory-threshold-percentage", "free-memory-threshold-bytes"],
          nodes: {
            name: { kind: "leaf", type: /^.+$/, mandatory: true },
            "used-memory-threshold-percentage": { kind: "leaf", type: whole(100) },
            "free-memory-threshold-bytes": { kind: "leaf", type: whole(Number.MAX_SAFE_INTEGER) },
            "debug-dump": {
              kind: "container",
              mandatory: true,
              nodes: {
                count: { kind: "leaf", type: whole(2 ** 32 - 1) },
                "cooldown-period": { kind: "leaf", type: duration },
                directory: { kind: "leaf", type: /^\//, mandatory: true },
              },
            },
          },
        },
      },
    },
  },
};

/** What is wrong with a section, each with its path; empty where it is valid. */
export function schemaComplaints(xml: string): string[] {
  const [top] = childrenOf(xml);
  if (top?.name !== "memory-management") return [`the element is ${top?.name ?? "none"}`];
  return complaintsOf(top.text, schema, top.name);
}

function complaintsOf(text: string, node: Node, path: string): string[] {
  if (node.kind === "leaf") {
    const isValid = typeof node.type === "function" ? node.type(text) : node.type.test(text);
    return isValid ? [] : [`${path}: ${JSON.stringify(text)}`];
  }
  const children = childrenOf(text);
  const complaints = children.flatMap((child) => {
    const known = node.nodes[child.name];
    return known
      ? complaintsOf(child.text, known, `${path}/${child.name}`)
      : [`${path}/${child.name}: unknown`];
  });
  for (const [name, known] of Object.entries(node.nodes)) {
    const count = children.filter((child) => child.name === name).length;
    if (known.kind !== "list" && count > 1) complaints.push(`${path}/${name}: ${count} times`);
    if (known.mandatory && count === 0) complaints.push(`${path}/${name}: missing`);
  }
  const chosen = children.filter(({ name }) => node.choice?.includes(name)).length;
  if (node.choice && chosen !== 1) complaints.push(`${path}: ${chosen} of ${node.choice.join(", ")}`);
  return complaints;
}

/** The elements right below, of XML without attributes, prefixes and comments, none in itself. */
function childrenOf(xml: string): { name: string; text: string }[] {
  return [...xml.matchAll(/<([\w-]+)>([\s\S]*?)<\/\1>/g)].map(([, name = "", text = ""]) => ({
    name,
    text: text.trim(),
  }));
}
