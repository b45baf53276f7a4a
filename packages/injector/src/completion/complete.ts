import type { Command } from "commander";

/**
 * What could stand in place of the last word: commands, options, and the choices of options and arguments.
 *
 * @param words the command line after `sluice`, the word being typed last, perhaps empty
 * @param storeNames names of configured stores, where an argument wants one
 */
export function complete(
  program: Command,
  words: readonly string[],
  storeNames: readonly string[],
): string[] {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const command = program.commands.find((candidate) => candidate.name() === before[0]);
  const scope = command ?? program;
  const option = scope.options.find(
    ({ long, short }) => [long, short].includes(before.at(-1) ?? "") && before.length > 0,
  );
  return candidates(scope, option, typed, storeNames).filter((candidate) => candidate.startsWith(typed));
}

function candidates(
  scope: Command,
  option: Command["options"][number] | undefined,
  typed: string,
  storeNames: readonly string[],
): readonly string[] {
  // The value of the option before; where there are no choices the shell offers files.
  if (option?.required) return option.argChoices ?? [];
  if (typed.startsWith("-"))
    return [...scope.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : [])), "--help"];
  if (scope.parent === null)
    return scope.commands.map((each) => each.name()).filter((name) => !name.startsWith("__"));
  const [argument] = scope.registeredArguments;
  return argument?.name() === "store" ? storeNames : (argument?.argChoices ?? []);
}
