/** Shells that completion scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

/** What makes a shell ask `NAME __complete` for candidates. */
export function completionScript(shell: Shell, name: string): string {
  // A shell's functions have no hyphens everywhere.
  return SCRIPTS[shell](name, `_${name.replaceAll(/\W/g, "_")}`);
}

const SCRIPTS: Readonly<Record<Shell, (name: string, complete: string) => string>> = {
  bash: (name, complete) => `# Load it with: source <(${name} completion bash)
${complete}() {
  local IFS=$'\\n'
  COMPREPLY=($(${name} __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F ${complete} ${name}
`,
  zsh: (name, complete) => `#compdef ${name}
# Load it with: source <(${name} completion zsh)
${complete}() {
  local -a candidates
  candidates=("\${(@f)$(${name} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$candidates" ]]; then compadd -a candidates; else _files; fi
}
compdef ${complete} ${name}
`,
  fish: (name) => `# Load it with: ${name} completion fish | source
complete -c ${name} -a '(${name} __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
  powershell: (name) => `# Load it with: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  ${name} __complete -- @words | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`,
};
