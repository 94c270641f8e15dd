/** A command as completion sees it: its path below `mcps`, what may follow, and what it is for. */
export interface CompletedCommand {
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly name: string; readonly description: string }[];
}

export type Shell = 'bash' | 'zsh' | 'fish';

/** The completion script of a shell. */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return `#compdef mcps\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, commands: below, options }) => {
    const words = [...below, ...options].map(({ name }) => name).join(' ');
    return `    ${quoted(['mcps', ...path].join(' '))}) words=${quoted(words)} ;;`;
  });
  return `# bash completion of mcps: source it, or put it where bash-completion looks.
_mcps() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command=mcps words= word i
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word="\${COMP_WORDS[i]}"
    [[ "$word" == -- ]] && return
    case " $(_mcps_paths) " in *" \${command// /_}_$word "*) command="$command $word" ;; esac
  done
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
  [[ \${#COMPREPLY[@]} -eq 0 && "$current" != -* ]] && COMPREPLY=( $(compgen -f -- "$current") )
  return 0
}
_mcps_paths() { echo ${quoted(commands.map(({ path }) => ['mcps', ...path].join('_')).join(' '))}; }
complete -o filenames -F _mcps mcps
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ path, commands: below, options }) => {
    const others = below.map(({ name }) => name).join(' ');
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const unseen = others === '' ? '' : `not __fish_seen_subcommand_from ${others}`;
    const condition = [seen, unseen].filter((part) => part !== '').join('; and ');
    const when = condition === '' ? '' : ` -n ${quoted(condition)}`;
    return [
      ...below.map(({ name, description }) => `complete -c mcps -f${when} -a ${name} -d ${quoted(description)}`),
      ...options.map(
        ({ name, description }) => `complete -c mcps${when} -l ${name.slice(2)} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# fish completion of mcps\n${lines.join('\n')}\n`;
}

/** Between single quotes, as every of these shells has it. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
