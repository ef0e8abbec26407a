/** The shells that completion is there for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/**
 * Returns what a shell has to read. All know no command: they ask the program at each tab, in the protocol of
 * spf13/cobra, and offer files (0) or folders (16) themselves.
 */
export function shellScript(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell]
}

/** bash splits words at "=" and ":" (COMP_WORDBREAKS), so the words are those of the line itself. */
const BASH = `# bash completion for tcompose
_tcompose() {
  local line=\${COMP_LINE:0:COMP_POINT} current start directive entry
  local -a words entries
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[-1]}
  mapfile -t entries < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  directive=\${entries[-1]#:}
  COMPREPLY=()
  for entry in "\${entries[@]:0:\${#entries[@]}-1}"; do
    COMPREPLY+=("\${entry%%$'\\t'*}")
  done
  if [[ $directive == 0 ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
  elif [[ $directive == 16 ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}")
  else
    # What bash takes for the word is the end of ours.
    start=\${current%"\${COMP_WORDS[COMP_CWORD]}"}
    [[ \${COMP_WORDS[COMP_CWORD]} == = ]] && start=$current
    COMPREPLY=("\${COMPREPLY[@]#"$start"}")
    [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  fi
}
complete -F _tcompose tcompose
`

const ZSH = `#compdef tcompose
# zsh completion for tcompose
_tcompose() {
  local -a entries candidates
  local entry directive
  entries=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  directive=\${entries[-1]#:}
  for entry in "\${(@)entries[1,-2]}"; do
    candidates+=("\${\${entry%%$'\\t'*}//:/\\\\:}:\${entry#*$'\\t'}")
  done
  case $directive in
    0) _files ;;
    16) _files -/ ;;
    *) _describe -t tcompose tcompose candidates ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tcompose "$@"
else
  compdef _tcompose tcompose
fi
`

const FISH = `# fish completion for tcompose
function __tcompose_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l entries ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
  set -l directive (string replace : '' -- $entries[-1])
  switch $directive
    case 0
      __fish_complete_path "$current"
    case 16
      __fish_complete_directories "$current"
    case '*'
      printf '%s\\n' $entries[1..-2]
  end
end
complete -c tcompose -f -a '(__tcompose_complete)'
`
