import { createTwoFilesPatch } from "diff";

/**
 * How the policy of manifests differs from one in a file, line by line, as `diff -u` shows it; nothing where it does
 * not. Line ends of Windows, and whether the last line has one, make no difference.
 */
export function policyDifference(file: string, kept: string, made: string): string | undefined {
  const [before, after] = [kept, made].map(plain);
  if (before === undefined || after === undefined || before === after) return undefined;
  return createTwoFilesPatch(file, "as the manifests are", before, after, undefined, undefined, {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}

function plain(text: string): string {
  return `${text.replaceAll("\r\n", "\n").replace(/\n+$/, "")}\n`;
}
