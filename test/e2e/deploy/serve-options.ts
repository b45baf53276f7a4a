/** Words of a command line, as a file of options has them: by name, without dashes. The last of one name counts. */
export function serveOptions(args: readonly string[]): Readonly<Record<string, string | boolean>> {
  const options: Record<string, string | boolean> = {};
  for (let at = 0; at < args.length; at += 1) {
    const [, no, name = "", value] = /^--(no-)?([a-z0-9-]+)(?:=(.*))?$/.exec(args[at] ?? "") ?? [];
    const next = args[at + 1];
    if (value !== undefined) options[name] = value;
    else if (no !== undefined) options[name] = false;
    else if (next === undefined || next.startsWith("--")) options[name] = true;
    else {
      options[name] = next;
      at += 1;
    }
  }
  return options;
}
