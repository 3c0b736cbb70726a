import type { ShellName } from "./shell-kind.ts";

/** What a shell reads to complete our command line: it asks us, so that lessons are those of the course. */
export const completionScript = (shell: ShellName): string => scripts[shell];

const scripts: Readonly<Record<ShellName, string>> = {
  bash: `# k8s-bootcamp completion for bash. Put this line into ~/.bashrc:
#   source <(k8s-bootcamp completion bash)
_k8s_bootcamp() {
  local IFS=$'\\n'
  COMPREPLY=($(k8s-bootcamp __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _k8s_bootcamp k8s-bootcamp
`,
  zsh: `#compdef k8s-bootcamp
# k8s-bootcamp completion for zsh. Put this line into ~/.zshrc, after compinit:
#   source <(k8s-bootcamp completion zsh)
_k8s_bootcamp() {
  local -a found described
  found=("\${(@f)$(k8s-bootcamp __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  described=("\${(@)\${(@)found//:/\\\\:}/$'\\t'/:}")
  [[ -n $found ]] && _describe 'k8s-bootcamp' described || _files
}
compdef _k8s_bootcamp k8s-bootcamp
`,
  fish: `# k8s-bootcamp completion for fish:
#   k8s-bootcamp completion fish > ~/.config/fish/completions/k8s-bootcamp.fish
complete -c k8s-bootcamp -f -a '(k8s-bootcamp __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
complete -c k8s-bootcamp -n '__fish_prev_arg_in -f --filename --config --course --dir' -F
`,
  powershell: `# k8s-bootcamp completion for PowerShell. Put this line into $PROFILE:
#   k8s-bootcamp completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName k8s-bootcamp -ScriptBlock {
  param($word, $line, $position)
  $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($word -eq '') { $words += '""' }
  k8s-bootcamp __complete -- $words 2>$null | ForEach-Object {
    $text, $meaning = $_ -split "\\t", 2
    [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $(if ($meaning) { $meaning } else { $text }))
  }
}
`,
};
