import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeBlocks, readPage, ROOT } from "./pages.js";

const page = readPage("docs/architecture.md");
const [rooms = ""] = codeBlocks("mermaid", ["docs/architecture.md"]).map(({ code }) => code);

/** Boxes of the diagram that are called otherwise than their package. */
const labels = new Map(
  Array.from(rooms.matchAll(/\b(\w+)\[([\w-]+)[\]:]/g), ([, box = "", label = ""]) => [box, label]),
);
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  modes: membersOf("modes"),
  providers: membersOf("providers"),
};
const packages = readdirSync(join(ROOT, "packages")).filter((name) => !name.startsWith("launcher-"));

function membersOf(group: string): string[] {
  const inside = new RegExp(`subgraph ${group}\\n([^]*?)\\n  end`).exec(rooms)?.[1] ?? "";
  return inside.split("\n").map((line) => nameOf(line.trim()));
}

function nameOf(box: string): string {
  const id = box.replace(/\[.*$/, "");
  return labels.get(id) ?? id;
}

/** The arrows of imports, group by group: from whom, to whom. */
const arrows = Array.from(rooms.matchAll(/^ {2}([^\n]+-->[^\n]+)$/gm), ([, line = ""]) => line).flatMap(
  (line) => {
    const steps = line.split("-->").map((step) => step.split("&").map((box) => nameOf(box.trim())));
    return steps.slice(1).flatMap((to, index) => pairs(steps[index] ?? [], to));
  },
);

function pairs(from: readonly string[], to: readonly string[]): (readonly [string, string])[] {
  return from.flatMap((one) => to.map((other) => [one, other] as const));
}

/** Whether a package imports another. A group stands for every package in it. */
function imports(from: string, to: string): boolean {
  return (GROUPS[from] ?? [from]).every((each) => {
    const texts = globSync(`packages/${each}/src/**/*.ts`, { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), "utf8"),
    );
    return (GROUPS[to] ?? [to]).every((target) =>
      texts.some((text) => new RegExp(`"@sluice/${target}[/"]`).test(text)),
    );
  });
}

describe("the diagram of who imports whom", () => {
  it.each(packages)("has %s, and the table has it", (name) => {
    expect(rooms).toMatch(new RegExp(`(?<![\\w-])${name}(?![\\w-])`));
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, "m"));
  });

  it("has arrows that mean an import that there is", () => {
    expect(arrows.length).toBeGreaterThan(30);
    const names = new Set(arrows.flat());
    expect(
      Array.from(names).filter((name) => !(name in GROUPS) && !existsSync(join(ROOT, "packages", name))),
    ).toEqual([]);
    expect(arrows.filter(([from, to]) => !imports(from, to))).toEqual([]);
  });
});
