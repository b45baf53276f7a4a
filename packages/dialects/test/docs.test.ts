import { readFileSync } from "node:fs";
import { readContainer } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import { describe, expect, it } from "vitest";
import { bankVaults, sluice } from "../src/index.js";

const PAGE = readFileSync(new URL("../../../docs/dialects/bank-vaults.md", import.meta.url), "utf8");
const TABLE = PAGE.slice(PAGE.indexOf("## Migration table"), PAGE.indexOf("## Keys that are templates"));

/** Left and right of each row, as far as they are in backticks. */
const ROWS = Array.from(TABLE.matchAll(/^\| (annotation )?`(.+?)` +\| (?:annotation )?`(.+?)`/gm), (row) => ({
  isAnnotation: row[1] !== undefined,
  theirs: (row[2] ?? "").replaceAll(String.raw`\|`, "|"),
  ours: row[3] ?? "",
}));

function given(pod: Pod, dialect = bankVaults({ transit: { key: "app" } })) {
  const [container = { name: "web" }] = pod.spec.containers;
  const scope = { pod, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  const dialects = [sluice(), dialect].filter((each) => each.appliesTo(pod, scope));
  const { env, optional, spread, problems } = readContainer(container, "app", dialects, scope);
  return { env, optional, spread, problems };
}

const podOf = (value: string, annotations: Readonly<Record<string, string>> = {}): Pod => ({
  metadata: { annotations },
  spec: { containers: [{ name: "web", env: [{ name: "A", value }] }] },
});

describe("the table to migrate from bank-vaults by", () => {
  it("has rows of both kinds", () => {
    expect(ROWS.filter(({ isAnnotation }) => isAnnotation)).toHaveLength(3);
    expect(ROWS.filter(({ isAnnotation }) => !isAnnotation).length).toBeGreaterThanOrEqual(11);
  });

  it.each(ROWS.filter(({ isAnnotation }) => !isAnnotation))(
    "says of $theirs what it is",
    ({ theirs, ours }) => {
      expect(given(podOf(theirs))).toEqual(given(podOf(ours)));
      expect(given(podOf(theirs))).toMatchObject({ env: { A: ours }, problems: [] });
    },
  );

  it.each(ROWS.filter(({ isAnnotation }) => isAnnotation))("says of annotation $theirs what it is", (row) => {
    const [theirs, ours] = [row.theirs, row.ours].map((text) => /^(\S+): "?([^"]+)"?$/.exec(text) ?? []);
    const before = podOf("vault:a/b#c", {
      [`secrets-webhook.security.bank-vaults.io/${theirs?.[1] ?? ""}`]: theirs?.[2] ?? "",
    });
    const after = podOf("secret://vault/a/b#c", { [ours?.[1] ?? ""]: ours?.[2] ?? "" });
    expect(given(before)).toEqual(given(after));
    expect(given(after)).not.toEqual(given(podOf("secret://vault/a/b#c")));
  });
});
