/** Completions for zsh, by its _arguments. */

import type { CompletedCommand, CompletedFlag, Value } from "./completed.ts";

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const tops = commands.filter(({ path }) => !path.includes(" "));
  return `#compdef nsomem
# zsh completion for nsomem, made by "nsomem completion zsh"

# The IDs of incidents, of the --home and --name that stand on the line.
_nsomem_ids() {
  local -a given ids
  local -i at
  for ((at = 1; at < CURRENT; at++)); do
    case $words[at] in
      --(home|name)) given+=($words[at] \${(Q)words[at + 1]}) ;;
      --(home|name)=*) given+=(\${(Q)words[at]}) ;;
    esac
  done
  ids=(\${(f)"$(nsomem incidents list --json $given 2>/dev/null | sed -n 's/^ *"id": "\\(.*\\)",*$/\\1/p')"})
  _describe incident ids
}

${commands.map(functionOf).join("\n\n")}

_nsomem() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C '--help[show the commands]' '--version[show which nsomem this is]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${tops.map(({ path, description }) => `        ${quoted(`${path}:${description}`)}`).join("\n")}
      )
      _describe command commands
      ;;
    rest)
      curcontext="\${curcontext%:*:*}:nsomem-$words[1]:"
      (( $+functions[_nsomem_$words[1]] )) && _nsomem_$words[1]
      ;;
  esac
}

[[ $funcstack[1] == _nsomem ]] && _nsomem "$@" || compdef _nsomem nsomem
`;
}

/** `_nsomem_start`; of a command with parts one that goes on with theirs. */
function functionOf({ path, parts, flags, arguments: taken }: CompletedCommand): string {
  const name = `_nsomem_${path.replaceAll(" ", "_")}`;
  const options = flags.map(flagSpec);
  if (parts.length === 0) {
    const values = taken.map(({ name: of, is, repeats }) =>
      quoted(`${repeats ? "*" : ""}:${of.replaceAll(":", "\\:")}:${valueAction(is)}`),
    );
    return `${name}() {\n  _arguments \\\n${[...options, ...values].map((spec) => `    ${spec}`).join(" \\\n")}\n}`;
  }
  const own = parts.map(([part, summary]) => quoted(`${part}:${summary}`)).join(" ");
  return `${name}() {
  if (( CURRENT > 2 && $+functions[${name}_$words[2]] )); then
    shift words
    (( CURRENT-- ))
    ${name}_$words[1]
    return
  fi
  local -a parts=(${own})
  _arguments \\
${[...options, "'1: :{_describe part parts}'"].map((spec) => `    ${spec}`).join(" \\\n")}
}`;
}

function flagSpec({ names, description, value }: CompletedFlag): string {
  const text = description.replace(/[[\]]/g, "\\$&");
  const specs = names.map((name) => {
    if (value === undefined) return `${name}[${text}]`;
    return `${name}=[${text}]:${value.hint.replaceAll(":", "\\:")}:${valueAction(value.is)}`;
  });
  return specs.map(quoted).join(" ");
}

function valueAction(is: Value): string {
  switch (is) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "user":
      return "_users";
    case "incident":
      return "_nsomem_ids";
    case "nothing":
      return " ";
    default:
      return `(${is.join(" ")})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
