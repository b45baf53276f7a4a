import { existsSync, globSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { loadConfig } from "@sluice/config";
import { loadProvider, parseReference, type ProviderCapabilities } from "@sluice/core";
import { parseStoresFile } from "@sluice/kubernetes/stores";
import { afterAll, describe, expect, it } from "vitest";
import { createWorkspace } from "../support/workspace.js";
import { codeBlocks, PAGES, readPage, REFERENCE, ROOT } from "./pages.js";

const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, "");

const blocks = (language: string): [where: string, code: string][] =>
  codeBlocks(language).map(({ where, code }) => [where, code]);

/** Anchors of a page, as GitHub makes them of headings: the second of the same words gets a number. */
function anchors(page: string): string[] {
  const taken = new Map<string, number>();
  return Array.from(withoutCode(readPage(page)).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const before = taken.get(anchor) ?? 0;
    taken.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Links of a page that lead to no file, or to no heading of it. */
function deadLinks(page: string): string[] {
  const known = new Map<string, string[]>();
  const links = Array.from(
    withoutCode(readPage(page)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g),
    ([, link = ""]) => link,
  );
  return links.filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), file));
    if (!existsSync(join(ROOT, target))) return true;
    if (anchor === undefined) return false;
    if (!known.has(target)) known.set(target, anchors(target));
    return !known.get(target)?.includes(anchor);
  });
}

describe("links", () => {
  const links = PAGES.flatMap((page) =>
    Array.from(
      withoutCode(readPage(page)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g),
      ([, link = ""]) => [page, link] as const,
    ),
  );

  it.each(links)("of %s lead somewhere: %s", (page, link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), file));
    expect(globSync(target, { cwd: ROOT })).toEqual([target]);
    if (anchor !== undefined && !anchors(target).includes(anchor))
      throw new Error(`${target} has no heading for #${anchor}`);
  });
});

describe("pages of reference", () => {
  it("there are some, and each is in their index", () => {
    const named = REFERENCE.map((page) => basename(page)).filter((page) => page !== "README.md");
    expect(named.length).toBeGreaterThan(30);
    const index = readPage("docs/reference/README.md");
    expect(named.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });

  it.each(REFERENCE)("have links that lead somewhere: %s", (page) => {
    expect(deadLinks(page)).toEqual([]);
  });
});

describe("examples", () => {
  const workspace = createWorkspace();
  afterAll(() => workspace[Symbol.dispose]());

  const stores = blocks("yaml").filter(([, code]) => /^stores:/m.test(code));
  // A file of a broker's stores says more about each than a configuration does.
  const [ofBrokers, ofConfigurations] = [true, false].map((ofBroker) =>
    stores.filter(([, code]) => /^ +access:/m.test(code) === ofBroker),
  );

  it.each(ofBrokers ?? [])("of a broker's stores are such: %s", (where, code) => {
    expect(parseStoresFile(where, code).length).toBeGreaterThan(0);
  });

  it.each(ofConfigurations ?? [])("of a configuration are one: %s", async (_, code) => {
    workspace.write("sluice.yaml", code);
    const { stores } = await loadConfig({ directory: workspace.path, providers: BUILT_IN_PROVIDERS });
    expect(Object.keys(stores).length).toBeGreaterThan(0);
  });

  it.each(blocks("json"))("of JSON are JSON: %s", (_, code) => {
    expect(JSON.parse(code)).toBeTypeOf("object");
  });

  const references = PAGES.filter((page) => page.startsWith("docs/providers/")).flatMap((page) =>
    Array.from(
      readPage(page).matchAll(/^\| `(secret:\/\/[^`]+)`/gm),
      ([, reference = ""]) => [page, reference] as const,
    ),
  );

  it.each(references)("of references are such: %s %s", (_, reference) => {
    expect(parseReference(reference).path).not.toBe("");
  });
});

describe("the table of providers", () => {
  const page = readPage("docs/providers/README.md");
  const rows = new Map(
    Array.from(page.matchAll(/^\| `([a-z-]+)` +\|(.*)\|$/gm), ([, id = "", cells = ""]) => [
      id,
      cells.split("|").map((cell) => cell.trim()),
    ]),
  );

  it.each(BUILT_IN_PROVIDERS.map((lazy) => [lazy.id, lazy] as const))(
    "says what %s can do",
    async (id, lazy) => {
      expect(page).toMatch(new RegExp(`^\\|[^|]+\\| \`${id}\` +\\|`, "m"));
      const { capabilities } = await loadProvider(lazy);
      expect(rows.get(id)?.slice(1)).toEqual(cellsOf(capabilities));
      expect(rows.get(id)?.[0] === "").toBe(!capabilities.versions.exact && !capabilities.versions.label);
    },
  );
});

/** What of a provider the table tells after its versions. */
function cellsOf({ list, watch, put, delete: remove, check }: ProviderCapabilities): string[] {
  const conditions = [
    put?.ifAbsent && (put.ifAbsent === true ? "`--if-absent`" : "`--if-absent`, by a look"),
    put?.ifVersion && "`--if-version`",
  ].filter(Boolean);
  return [
    list ? "yes" : "",
    watch ? "at once" : "every 30 seconds",
    put ? conditions.join(", ") || "yes" : "",
    remove ? "yes" : "",
    check ? "yes" : "",
  ];
}
