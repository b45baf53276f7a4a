/** Shells that completion scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

/** For each shell: what makes it ask `sluice __complete` for candidates. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Load it with: source <(sluice completion bash)
_sluice() {
  local IFS=$'\\n'
  COMPREPLY=($(sluice __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _sluice sluice
`,
  zsh: `#compdef sluice
# Load it with: source <(sluice completion zsh)
_sluice() {
  local -a candidates
  candidates=("\${(@f)$(sluice __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates" ]]; then compadd -a candidates; else _files; fi
}
compdef _sluice sluice
`,
  fish: `# Load it with: sluice completion fish | source
complete -c sluice -a '(sluice __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
  powershell: `# Load it with: sluice completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sluice -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  sluice __complete -- @words | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`,
};
