import type { Output } from "@sluice/mode";

/** Tells how far a long piece of work is. */
export interface Progress extends Disposable {
  done(name: string): void;
}

/** On a terminal one line that rewrites itself and goes away in the end; elsewhere a plain line for each step. */
export function createProgress(output: Output, names: readonly string[]): Progress {
  const open = new Set(names);
  const draw = (): void => {
    const waiting = Array.from(open).join(", ");
    const text = `checking ${names.length - open.size + 1}/${names.length}: ${waiting}`;
    output.status(text.slice(0, output.columns - 1));
  };
  if (output.notesToTerminal && open.size > 0) draw();
  return {
    done: (name) => {
      open.delete(name);
      if (!output.notesToTerminal) output.note(`sluice: checked ${name}`);
      else if (open.size > 0) draw();
    },
    [Symbol.dispose]: () => {
      if (output.notesToTerminal) output.status("");
    },
  };
}
