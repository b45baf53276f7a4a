import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessRule } from "./access-rule.js";
import { isAllowed } from "./is-allowed.js";
import { isPathPattern } from "./path-pattern.js";

const web = { namespace: "shop", serviceAccount: "web" };
const rule = (...paths: string[]): AccessRule => ({ namespaces: ["shop"], serviceAccounts: ["web"], paths });
const fits = (pattern: string, path: string): boolean => isAllowed([rule(pattern)], { ...web, path });

describe("who", () => {
  const access: AccessRule[] = [
    { namespaces: ["shop", "team-*"], serviceAccounts: ["web"], paths: ["app/*"] },
    { namespaces: ["ops"], serviceAccounts: ["*"], paths: ["**"] },
  ];
  it.each([
    ["shop", "web", "app/db", true],
    ["team-a", "web", "app/db", true],
    ["team", "web", "app/db", false],
    ["shop", "webhook", "app/db", false],
    ["shop", "Web", "app/db", false],
    ["ops", "web", "any/thing", true],
    // What one rule grants and what another does is not mixed.
    ["shop", "web", "any/thing", false],
    ["ops/x", "web", "any/thing", false],
    ["", "web", "any/thing", false],
    ["ops", "", "any/thing", false],
  ])("%s %s reads %s: %s", (namespace, serviceAccount, path, allowed) => {
    expect(isAllowed(access, { namespace, serviceAccount, path })).toBe(allowed);
  });

  it("is nobody without a rule, or by a rule that names nobody", () => {
    expect(isAllowed([], { ...web, path: "a" })).toBe(false);
    for (const none of ["namespaces", "serviceAccounts", "paths"])
      expect(isAllowed([{ ...rule("**"), [none]: [] }], { ...web, path: "a" })).toBe(false);
    for (const pattern of ["**", "", "sho", "shop/", "/shop", "shop*p"])
      expect(isAllowed([{ ...rule("**"), namespaces: [pattern] }], { ...web, path: "a" })).toBe(false);
  });
});

describe("a path", () => {
  it.each([
    ["app/*", "app/db", true],
    ["app/*", "app/db/password", false],
    ["app/*", "app", false],
    ["app/*", "application/db", false],
    ["app/*-db", "app/a-db", true],
    ["app/*-db", "app/-db", true],
    ["*", "a", true],
    ["*", "a/b", false],
    ["**", "a", true],
    ["**", "a/b/c", true],
    ["a/**", "a/b", true],
    ["a/**", "a/b/c", true],
    ["a/**", "a", false],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/z", "a/b/zz", false],
    ["**/db", "db", true],
    ["**/*/db", "db", false],
    ["**/a/**/a", "a/b/a/c/a", true],
    ["a*a*a*b", "a".repeat(4000), false],
  ])("%s %j: %s", (pattern, path, allowed) => expect(fits(pattern, path)).toBe(allowed));

  it.each([
    ["dots", "app/..", "app/*", "app/..", "**"],
    ["a dot", "app/./db", "app/*/db", "app/./db", "**"],
    ["nothing", "", "", "*", "**"],
  ])("with a segment that is %s fits no pattern", (_, path, ...patterns) => {
    for (const pattern of patterns) expect(fits(pattern, path)).toBe(false);
  });

  it.each([
    ["an empty segment", "app//db", "app/*/db", "**", "app/**", "app/db", "app/**/db"],
    ["an empty segment at the end", "app/", "app/*", "**", "app/**", "app"],
    ["an empty segment in front", "/app", "*/app", "**", "app", "**/app"],
    ["an encoded slash", "app/a%2Fb", "app/*", "**", "app/a*b", "app/a/b"],
    ["encoded dots", "app/%2e%2e/db", "app/*/db", "**"],
    ["a backslash", "app\\..\\db", "*", "**", "app*db"],
    ["a line's end", "app/a\nb", "app/*", "**"],
    ["a NUL", "app/a\u0000", "app/*", "app/a"],
    ["an invisible character", "app/a\u200Bb", "app/*", "app/ab"],
    ["half a character", "app/\uD83D", "app/*", "**"],
  ])("with %s fits only where it is written out", (_, path, ...patterns) => {
    for (const pattern of patterns) expect(fits(pattern, path)).toBe(false);
    expect(fits(path, path)).toBe(true);
  });

  it.each([
    ["another case", "App/DB", "app/db"],
    ["another form of Unicode", "caf\u00e9", "cafe\u0301"],
    ["a look-alike", "\u0430pp", "app"],
    ["a question mark", "a?c", "abc"],
    ["a class", "[ab]", "a"],
    ["alternatives", "{a,b}", "a"],
    ["an expression", "a.c", "abc"],
    ["a negation", "!a", "b"],
    ["an escape", String.raw`\*`, "*"],
  ])("of %s is another path", (_, pattern, path) => expect(fits(pattern, path)).toBe(false));

  it("counts characters, not halves of them", () => {
    expect(fits("a/*", "a/😀")).toBe(true);
    expect(fits("a/*\uDE00", "a/😀")).toBe(false);
  });

  it("is decided soon, whatever the pattern and the path", () => {
    const started = performance.now();
    const hardest: [string, string][] = [
      [`*${"a".repeat(255)}b*`, "a".repeat(4000)],
      [`${"*a".repeat(255)}b`, "a".repeat(4000)],
      [`${"**/".repeat(80)}${"a/".repeat(80)}b`, `${"a/".repeat(2000)}c`],
      [`**/${"*a".repeat(4)}/b`, `${"aaaa/".repeat(800)}c`],
    ];
    for (const [pattern, path] of hardest) {
      const access = Array.from({ length: 64 }, () => rule(...Array<string>(64).fill(pattern)));
      expect(isAllowed(access, { ...web, path })).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("is found in the last of as many rules as a store may have", () => {
    const paths = Array.from({ length: 63 }, (_, at) => `app/**/team-*/${at}/*-db`);
    const access = Array.from({ length: 64 }, () => rule(...paths));
    const last = [...access, rule("app/*/team-*/**")];
    expect(isAllowed(access, { ...web, path: "app/eu/team-a/x/main-db" })).toBe(false);
    expect(isAllowed(last, { ...web, path: "app/eu/team-a/x/main-db" })).toBe(true);
  });
});

// The same meaning, written with the engine of regular expressions.
function reading(pattern: string): RegExp {
  const plain = "[^/%]";
  const segments = pattern.split("/");
  const source = segments.map((segment, at) => {
    const isLast = at === segments.length - 1;
    if (segment === "**") return isLast ? `${plain}+(/${plain}+)*` : `(${plain}+/)*`;
    // What is not plain must be written out.
    if (segment.includes("*") && segment.includes("%")) return "(?!)";
    const text = segment === "*" ? `${plain}+` : segment.replaceAll("*", `${plain}*`);
    return isLast ? text : `${text}/`;
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

describe("no pattern matches more than it says", () => {
  const segment = fc.string({ unit: fc.constantFrom("a", "b", "%"), maxLength: 3 });
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((all) => all.join("/"));
  const part = fc.oneof(
    fc.constant("**"),
    fc
      .string({ unit: fc.constantFrom("a", "b", "%", "*"), maxLength: 4 })
      .filter((text) => !text.includes("**")),
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((all) => all.join("/"));

  it("nor less", () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, path, (pattern, path) => {
        fc.pre(pattern !== "" && path !== "");
        const expected = reading(pattern).test(path);
        if (expected) matched++;
        expect(fits(pattern, path)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(200);
  });

  it("without a star it matches itself alone", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("*"));
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        expect(path === pattern || !fits(pattern, path)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(text, (path) => {
        expect(fits(path, path)).toBe(isPathPattern(path));
      }),
    );
  });
});

it("a pattern that can fit nothing is known as such", () => {
  expect(["a", "*", "**", "a/**/b", "/a", "a*/b", "a?"].filter(isPathPattern)).toHaveLength(7);
  expect(["", "a**", "**a/b", "***", "a/..", "./a", "a/****"].filter(isPathPattern)).toEqual([]);
});
