/** Completions for fish. */

import type { CompletedCommand, CompletedFlag, Value } from "./completed.ts";

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const tops = commands.filter(({ path }) => !path.includes(" "));
  return `# fish completion for nsomem, made by "nsomem completion fish"

# The words on the line that are no options, after nsomem, are exactly these.
function __nsomem_at
    set -l words (commandline -opc | string match -v -- '-*')
    set -l after $words[2..]
    test "$after" = "$argv"
end

# The first of them are these.
function __nsomem_in
    set -l words (commandline -opc | string match -v -- '-*')
    set -l last (math (count $argv) + 1)
    test (count $words) -ge $last; or return 1
    set -l first $words[2..$last]
    test "$first" = "$argv"
end

# The IDs of incidents, of the --home and --name that stand on the line.
function __nsomem_incidents
    set -l words (commandline -opc)
    set -l given
    for option in --home --name
        if set -l at (contains -i -- $option $words)
            set -a given $option $words[(math $at + 1)]
        end
    end
    set -a given (string match -r -- '^--(?:home|name)=.*' $words)
    command -q nsomem; and nsomem incidents list --json $given 2>/dev/null | string replace -rf '^ *"id": "(.*)",?$' '$1'
end

complete -c nsomem -f
complete -c nsomem -n '__nsomem_at' -l help -d 'show the commands'
complete -c nsomem -n '__nsomem_at' -l version -d 'show which nsomem this is'
${tops.map(({ path, description }) => `complete -c nsomem -n '__nsomem_at' -a ${path} -d ${quoted(description)}`).join("\n")}
${commands.flatMap(ofCommand).join("\n")}
`;
}

function ofCommand({ path, parts, flags, arguments: taken }: CompletedCommand): string[] {
  return [
    ...parts.map(
      ([part, summary]) => `complete -c nsomem -n '__nsomem_at ${path}' -a ${part} -d ${quoted(summary)}`,
    ),
    // Behind a part its own options stand, not those of the whole.
    ...flags.map(
      (flag) =>
        `complete -c nsomem -n '${parts.length > 0 ? "__nsomem_at" : "__nsomem_in"} ${path}' ${flagForm(flag)}`,
    ),
    ...taken.flatMap(({ is }) => {
      const values = valueForm(is);
      return values === "" ? [] : [`complete -c nsomem -n '__nsomem_in ${path}' ${values}`];
    }),
  ];
}

function flagForm({ names, description, value }: CompletedFlag): string {
  const forms = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === undefined ? "" : ` -x ${valueForm(value.is)}`.replace("-x -F", "-r -F").trimEnd();
  return `${forms.join(" ")}${takes} -d ${quoted(description)}`;
}

function valueForm(is: Value): string {
  switch (is) {
    case "file":
      return "-F";
    case "directory":
      return "-a '(__fish_complete_directories)'";
    case "user":
      return "-a '(__fish_complete_users)'";
    case "incident":
      return "-a '(__nsomem_incidents)'";
    case "nothing":
      return "";
    default:
      return `-a ${quoted(is.join(" "))}`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
