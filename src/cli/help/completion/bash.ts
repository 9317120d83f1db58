/** Completions for bash 4 and later, by its own means: bash-completion need not be installed. */

import type { CompletedCommand, Value } from "./completed.ts";

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const tops = commands.filter(({ path }) => !path.includes(" "));
  const partPaths = commands.filter(({ path }) => path.includes(" ")).map(({ path }) => `"${path}"`);
  return `# bash completion for nsomem, made by "nsomem completion bash"

# Adds what compgen makes of its options for the word that is completed.
_nsomem_add() {
  local found
  mapfile -t found < <(compgen "$@" -- "$cur")
  COMPREPLY+=("\${found[@]}")
}

# Names of files get a slash behind them where they go on.
_nsomem_files() {
  compopt -o filenames 2>/dev/null
  _nsomem_add "$1"
}

# The IDs of incidents, of the --home and --name that stand on the line.
_nsomem_incidents() {
  local given=() at
  for ((at = 2; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == --@(home|name) ]] || continue
    given+=("\${COMP_WORDS[at]}")
    [[ \${COMP_WORDS[at + 1]} == = ]] && ((at++))
    given+=("\${COMP_WORDS[++at]}")
  done
  nsomem incidents list --json "\${given[@]}" 2>/dev/null | sed -n 's/^ *"id": "\\(.*\\)",*$/\\1/p'
}

_nsomem() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} path='' at
  COMPREPLY=()
  # bash takes --flag=value apart.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD > 1)); then path=\${COMP_WORDS[1]}; fi
  for ((at = 2; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[1]} \${COMP_WORDS[at]}" in
      ${partPaths.join(" | ")}) path="\${COMP_WORDS[1]} \${COMP_WORDS[at]}" ;;
    esac
  done
  # After an option with a value nothing but that can stand.
  case "$path:$prev" in
${commands.flatMap(flagCases).join("\n")}
  esac
  case $path in
    '') _nsomem_add -W '${[...tops.map(({ path }) => path), "--help", "--version"].join(" ")}' ;;
${commands.map(commandCase).join("\n")}
  esac
}

complete -F _nsomem nsomem
`;
}

function flagCases({ path, flags }: CompletedCommand): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const forms = names.map((name) => `'${path}:${name}'`).join(" | ");
    return [`    ${forms}) ${[...adding(value.is), "return"].join("; ")} ;;`];
  });
}

function commandCase({ path, parts, flags, arguments: taken }: CompletedCommand): string {
  const options = flags.flatMap(({ names }) => names.filter((name) => name.startsWith("--")));
  const flagWords = `_nsomem_add -W '${options.join(" ")}'`;
  const values = [...parts.map(([part]) => part)].join(" ");
  const others = [
    ...new Set([
      ...(values === "" ? [] : [`_nsomem_add -W '${values}'`]),
      ...taken.flatMap(({ is }) => adding(is)),
    ]),
  ];
  if (others.length === 0) return `    '${path}') ${flagWords} ;;`;
  return `    '${path}') if [[ $cur == -* ]]; then ${flagWords}; else ${others.join("; ")}; fi ;;`;
}

function adding(is: Value): string[] {
  switch (is) {
    case "file":
      return ["_nsomem_files -f"];
    case "directory":
      return ["_nsomem_files -d"];
    case "user":
      return ["_nsomem_add -u"];
    case "incident":
      return ['_nsomem_add -W "$(_nsomem_incidents)"'];
    case "nothing":
      return [];
    default:
      return [`_nsomem_add -W '${is.join(" ")}'`];
  }
}
