import { styleText } from "node:util";
import { createTwoFilesPatch } from "diff";

/** The lines that differ, with those around them, as `diff -u` writes them; empty where none does. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  // The line of equals signs is of another notation.
  return createTwoFilesPatch(file, `${file} (as the webhook makes it)`, before, after).replace(/^=+\n/, "");
}

/** A unified diff for people. */
export function formatDiff(diff: string, isColoured: boolean): string {
  if (!isColoured) return diff;
  return diff
    .split("\n")
    .map((line) => {
      const style = styleOf(line);
      return style === undefined ? line : styleText(style, line, { validateStream: false });
    })
    .join("\n");
}

function styleOf(line: string): "bold" | "cyan" | "green" | "red" | undefined {
  if (line.startsWith("+++ ") || line.startsWith("--- ")) return "bold";
  if (line.startsWith("@@")) return "cyan";
  if (line.startsWith("+")) return "green";
  return line.startsWith("-") ? "red" : undefined;
}
