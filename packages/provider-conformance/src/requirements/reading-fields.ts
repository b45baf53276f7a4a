import assert from "node:assert";
import { expectContent, expectStatus, fieldsOf } from "../harness/expectations.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";
import type { SubjectWith } from "../subject.js";

/** Section 2: secrets with several fields. */
export const READING_FIELDS: readonly Requirement[] = [
  defineRequirement({
    id: "2.9",
    title:
      "A secret with several fields MUST be `found` as a map of named values or as the text of a JSON object.",
    hooks: ["writeFields"],
    test: async ({ subject, probe }) => {
      const { path, fields } = await plantFields(subject);
      const found = fieldsOf(await probe.read(path), "a secret with fields");
      assert.ok(found.size === Object.keys(fields).length, "the fields found are not those that there are");
      for (const [name, text] of Object.entries(fields))
        assert.ok(
          Buffer.from(text).equals(found.get(name) ?? Buffer.of()),
          `the field "${name}" is not what it was`,
        );
    },
  }),
  defineRequirement({
    id: "2.10",
    title:
      '(`fields: "native"`) A request for a field MUST be answered with that field\'s bytes, and `not-found` for one that is not there.',
    capabilities: ['fields: "native"'],
    hooks: ["writeFields"],
    test: async ({ subject, probe }) => {
      const { path, fields } = await plantFields(subject);
      for (const [name, text] of Object.entries(fields)) {
        const outcome = await probe.read(path, { selector: { kind: "field", name } });
        expectContent(outcome, `the field "${name}"`, text);
      }
      const absent = await probe.read(path, { selector: { kind: "field", name: "absent" } });
      expectStatus(absent, "a field that is not there", "not-found");
    },
  }),
  defineRequirement({
    id: "2.21",
    title: "All fields of a secret MUST come from one read of the store, so that they belong together.",
    hooks: ["writeFields", "reads"],
    test: async ({ subject, probe }) => {
      const { path } = await plantFields(subject);
      const before = await subject.reads();
      fieldsOf(await probe.read(path), "a secret with fields");
      const reads = (await subject.reads()) - before;
      assert.ok(reads === 1, `the fields must come from one read of the store, not from ${reads}`);
    },
  }),
];

async function plantFields(
  subject: SubjectWith<"writeFields">,
): Promise<{ readonly path: string; readonly fields: Readonly<Record<string, string>> }> {
  const path = subject.path("fields");
  const fields = { user: canary(), password: canary(), url: canary() };
  await subject.writeFields(path, fields);
  return { path, fields };
}
