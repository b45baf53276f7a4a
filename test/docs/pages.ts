import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Every page that people write, by its path from the root. What is generated is checked where it is made. */
export const PAGES: readonly string[] = globSync(["*.md", "docs/**/*.md"], { cwd: ROOT })
  .filter((page) => !page.startsWith("docs/api/") && !page.startsWith("docs/reference/"))
  .sort();

/** Every page that is made of doc comments. */
export const REFERENCE: readonly string[] = globSync("docs/reference/*.md", { cwd: ROOT }).sort();

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** A block of code, and where it begins: `docs/x.md:12`. */
export interface CodeBlock {
  readonly where: string;
  readonly code: string;
}

/** Every block of code in this language. */
export function codeBlocks(language: string, pages: readonly string[] = PAGES): CodeBlock[] {
  return pages.flatMap((page) => {
    const text = readPage(page);
    return Array.from(text.matchAll(/^```(\w+)\n([^]*?)^```$/gm))
      .filter(([, written]) => written === language)
      .map(({ index, 2: code = "" }) => ({
        where: `${page}:${text.slice(0, index).split("\n").length}`,
        code,
      }));
  });
}
