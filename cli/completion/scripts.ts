// What a shell runs when somebody presses Tab. Each script asks `relayq complete` for lines of a value, a tab and a
// description; the line `:files` stands for the names of files.

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

// Bash 3.2, which macOS has, knows neither mapfile nor compopt.
const bash = `_relayq() {
  local current=\${COMP_WORDS[COMP_CWORD]} line file
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
    elif [[ -n $line ]]; then
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _relayq relayq`;

const zsh = `#compdef relayq
_relayq() {
  local line found=1
  local -a values
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files && found=0
    elif [[ -n $line ]]; then
      values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#values )) && _describe relayq values && found=0
  return found
}
if [[ $funcstack[1] == _relayq ]]; then _relayq "$@"; else compdef _relayq relayq; fi`;

const fish = `function __relayq_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c relayq -f -a '(__relayq_complete)'`;

export const scripts: Readonly<Record<Shell, string>> = {bash, zsh, fish};
