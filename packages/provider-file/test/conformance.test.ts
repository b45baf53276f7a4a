import { describeConformance, type Excluded } from "@sluice/provider-conformance";
import { describe, expect, it, test } from "vitest";
import { directorySubject } from "./directory-subject.js";
import { documentSubject } from "./document-subject.js";
import { DOTENV, JSON_FILE, YAML_FILE } from "./notations.js";

const SUBJECTS = {
  dotenv: async () => documentSubject(DOTENV),
  json: async () => documentSubject(JSON_FILE),
  yaml: async () => documentSubject(YAML_FILE),
  directory: directorySubject,
};

const excluded: Record<string, readonly Excluded[]> = {};
for (const [title, createSubject] of Object.entries(SUBJECTS))
  excluded[title] = await describeConformance({ describe, test }, createSubject, { title });

/** Native fields, versions, leases and identities. */
const UNDECLARED = ["2.10", "2.17", "2.18", "9.1", "9.2", "9.3", "9.4", "10.1", "10.2"];

/** A file has no state but its own, no limit to calls, no network, nobody counts who reads it, and root has all rights. */
const IMPOSSIBLE = ["2.21", "3.2", "3.3", "3.5", "3.6", "3.8", "4.2", "4.4", "6.10"];

/** Nothing in a document is denied to root. */
const NOT_AS_ROOT = process.getuid?.() === 0 ? ["3.1"] : [];

describe("is excluded from nothing but", () => {
  it.each([
    ["dotenv", [...NOT_AS_ROOT, "2.5", "2.20"]],
    ["json", [...NOT_AS_ROOT, "2.5"]],
    ["yaml", NOT_AS_ROOT],
    ["directory", []],
  ])("what %s cannot have: %j", (title, own) => {
    const left = excluded[title] ?? [];
    const ids = left.map(({ id }) => id);
    expect(ids.toSorted()).toEqual([...UNDECLARED, ...IMPOSSIBLE, ...own].sort());
    const undeclared = left.filter(({ reason }) => reason.startsWith("capability not declared"));
    expect(undeclared.map(({ id }) => id)).toEqual(UNDECLARED);
  });
});
