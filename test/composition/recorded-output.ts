import type { Output } from "@sluice/mode";

/** An output for no terminal, and what was written to it. */
export function recordedOutput(): { readonly output: Output; readonly said: readonly string[] } {
  const said: string[] = [];
  const output: Output = {
    print: (text) => void said.push(String(text)),
    note: (line) => void said.push(line),
    status: () => undefined,
    printsToTerminal: false,
    notesToTerminal: false,
    columns: 100,
    colour: false,
  };
  return { output, said };
}
