import { describe, expect, it } from "vitest";
import { PlanError } from "../errors/plan-error.js";
import { refuseRoots, rootOf } from "./check-files-plan.js";
import type { FilesPlan, PlannedContent, PlannedFile } from "./files-plan.js";
import { checkedFilesPlan, formatFilesPlan, parseFilesPlan } from "./parse-files-plan.js";

const raw = (path: string, more: Partial<PlannedFile> = {}): PlannedFile => ({
  path,
  content: { format: "raw", text: "secret://prod/key" },
  ...more,
});

const plan = (files: readonly PlannedFile[], more: Partial<FilesPlan> = {}): FilesPlan => ({
  version: 1,
  minReader: 1,
  critical: [],
  roots: ["/run/app"],
  files,
  ...more,
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (PlanError.isInstance(thrown)) return thrown.message;
    throw thrown;
  }
  throw new Error("It was not refused");
}

const CONTENTS: readonly PlannedContent[] = [
  { format: "raw", text: "user=${secret://prod/db#user}" },
  { format: "directory", spread: [{ from: "secret://prod/db" }] },
  { format: "java-properties", entries: { a: "secret://prod/a" }, optional: ["a"] },
  { format: "pem", text: "secret://prod/tls", part: "key" },
  { format: "pkcs12", text: "secret://prod/tls", password: "secret://prod/pw", alias: "app" },
  { format: "go-template", template: '[[ secret "x" ]]', store: "vault", delimiters: ["[[", "]]"] },
  {
    format: "environment",
    plan: { version: 1, minReader: 1, critical: [], container: "web", env: { A: "secret://prod/a" } },
  },
];

describe("a plan for files", () => {
  it("files 1.4 is read as it was written, whatever is in it, without a dollar", () => {
    const wanted = plan(
      CONTENTS.map((content, index) => ({
        path: `/run/app/${index}`,
        content,
        mode: "0440",
        owner: { gid: 7 },
      })),
    );
    const text = formatFilesPlan(wanted);
    expect(text).not.toContain("$");
    expect(parseFilesPlan(text)).toEqual(wanted);
  });

  it("files 1.1 is refused by a reader that is too old for it, and read by one that knows its features", () => {
    expect(refusal(() => parseFilesPlan('{"minReader":2}'))).toContain("reader of version 2");
    const later = { ...plan([raw("/run/app/a", { notify: [] })]), critical: ["notify"] };
    expect(refusal(() => checkedFilesPlan(later))).toContain("does not know: notify");
    expect(checkedFilesPlan(later, ["notify"])).toEqual(later);
    const environment = CONTENTS.find(({ format }) => format === "environment");
    const newer = {
      ...environment,
      plan: { version: 1, minReader: 1, critical: ["args"], container: "w", env: {} },
    };
    const planned = plan([{ path: "/run/app/a", content: newer as PlannedContent }]);
    expect(refusal(() => checkedFilesPlan(planned))).toContain("does not know: args");
  });

  it("files 1.2 may have members that are not known", () => {
    const later = { ...plan([raw("/run/app/a", { later: 1 } as object)]), later: { x: 2 } };
    expect(parseFilesPlan(JSON.stringify(later)).files).toHaveLength(1);
  });

  it("knows which root a file is below", () => {
    const roots = ["/run/app", "/run/app2"];
    expect(rootOf({ roots }, { path: "/run/app2/x/y" })).toBe("/run/app2");
    expect(refusal(() => rootOf({ roots }, { path: "/run/app3/x" }))).toContain("/run/app3/x");
  });

  it("files 2.4 is written only into folders that are allowed, and those below them", () => {
    expect(() => refuseRoots(plan([]), ["/run"])).not.toThrow();
    expect(() => refuseRoots(plan([]), ["/run/app"])).not.toThrow();
    expect(refusal(() => refuseRoots(plan([]), ["/run/ap", "/etc"]))).toContain('into "/run/app"');
  });
});

describe("a plan for files is refused", () => {
  it.each([
    ["a path that is not absolute", "run/app/a", "not absolute"],
    ["a path that climbs", "/run/app/../b", '"."'],
    ["a name that is the writer's own", "/run/app/..data", '".."'],
    ["an empty segment", "/run/app//a", "empty segment"],
    ["a folder at the end", "/run/app/a/", "empty segment"],
    ["a control character", "/run/app/a\nb", "control character"],
    ["a name that is too long", `/run/app/${"ä".repeat(128)}`, "255 bytes"],
    ["a path outside of its roots", "/run/apple", "none of the plan's folders"],
    ["the root itself as a file", "/run/app", "none of the plan's folders"],
  ])("files 2.1 with %s", (_, path, why) => {
    expect(refusal(() => formatFilesPlan(plan([raw(path)])))).toContain(why);
  });

  it("files 2.2 with paths in each other's way, and roots inside each other", () => {
    expect(refusal(() => formatFilesPlan(plan([raw("/run/app/a"), raw("/run/app/a")])))).toContain("twice");
    const inside = [raw("/run/app/a/b"), raw("/run/app/a-"), raw("/run/app/a")];
    expect(refusal(() => formatFilesPlan(plan(inside)))).toContain('"/run/app/a" is a folder of');
    const roots = ["/run/app", "/run/app/deep"];
    expect(refusal(() => formatFilesPlan(plan([], { roots })))).toContain('"/run/app/deep" is in');
  });

  it("files 2.3 but not a directory that is a root", () => {
    const all = { path: "/run/app", content: { format: "directory", entries: {} } } as const;
    expect(() => formatFilesPlan(plan([all]))).not.toThrow();
    expect(refusal(() => formatFilesPlan(plan([all, raw("/run/app/a")])))).toContain("is a folder of");
  });

  it.each([
    ["no content", { path: "/run/app/a" }],
    ["an unknown format", { path: "/run/app/a", content: { format: "xml" } }],
    ["a template without a store", { path: "/run/app/a", content: { format: "go-template", template: "" } }],
    ["a mode that is none", raw("/run/app/a", { mode: "4755" })],
    ["an owner by name", raw("/run/app/a", { owner: { uid: "root" as unknown as number } })],
    ["the user who is nobody in particular", raw("/run/app/a", { owner: { uid: 4_294_967_295 } })],
    [
      "a spread that is no reference",
      { path: "/run/app/a", content: { format: "json", spread: [{ from: "x" }] } },
    ],
  ])("files 1.3 for its shape: %s", (_, file) => {
    expect(refusal(() => parseFilesPlan(JSON.stringify(plan([file as PlannedFile]))))).toContain("malformed");
  });

  it("files 1.3 for its size", () => {
    const big = raw("/run/app/a", { content: { format: "raw", text: "x".repeat(122_880) } });
    expect(refusal(() => formatFilesPlan(plan([big])))).toMatch(/has \d+ bytes, 122880 at most/);
    expect(refusal(() => parseFilesPlan(JSON.stringify(plan([big]))))).toContain("122880 at most");
    expect(refusal(() => checkedFilesPlan(undefined))).toContain("not an object");
  });
});
