import { readFile } from "node:fs/promises";

/** The shell commands of a section of a page of the documentation, block by block. */
export async function documentedCommands(page: string, heading: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), "utf8");
  const [, section = ""] = text.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  const blocks = Array.from(own.matchAll(/```sh\n([^]*?)```/g), ([, block = ""]) => block);
  if (blocks.length === 0) throw new Error(`docs/${page} has no commands under ${heading}`);
  return blocks;
}
