import { bankVaults, sluice } from "@sluice/dialects";
import { createAdmission, createObjectAdmission, type ObjectReader } from "@sluice/webhook";
import { expect, it } from "vitest";
import { optionsOf, requestOf } from "./support.js";

const admission = createAdmission(optionsOf());
const { signal } = new AbortController();
const web = { name: "web", image: "x", command: ["/web"] };
const many = <Entry>(count: number, make: (index: number) => Entry): Entry[] =>
  Array.from({ length: count }, (_, index) => make(index));
const names = many(100_000, (index) => `n${index}`).join(",");

// As large as an API server takes them. Whatever is not linear in their size runs into the test's time.
it.each<[string, unknown]>([
  [
    "doubling variables",
    {
      containers: [
        {
          ...web,
          env: many(30_000, (i) => ({
            name: `V${i}`,
            value: i === 0 ? "0123456789" : `$(V${i - 1})$(V${i - 1})`,
          })),
        },
      ],
    },
  ],
  ["open brackets in arguments", { containers: [{ ...web, args: ["$(".repeat(1_000_000)] }] }],
  [
    "open brackets in a variable",
    { containers: [{ ...web, env: [{ name: "A", value: "${secret://".repeat(200_000) }] }] },
  ],
  [
    "dollars",
    { containers: [{ ...web, env: [{ name: "A", value: `${"$".repeat(2_000_000)}{secret://prod/a}` }] }] },
  ],
  [
    "as many references as fit",
    { containers: [{ ...web, env: many(40_000, (i) => ({ name: `V${i}`, value: "secret://prod/a" })) }] },
  ],
  [
    "as many containers as fit",
    {
      containers: many(10_000, (i) => ({
        ...web,
        name: `c${i}`,
        env: [{ name: "A", value: "secret://prod/a" }],
      })),
    },
  ],
  [
    "as many init containers as fit",
    {
      containers: [web],
      initContainers: many(10_000, (i) => ({
        ...web,
        name: `c${i}`,
        env: [{ name: "A", value: "secret://prod/a" }],
      })),
    },
  ],
  [
    "as many volumes as fit",
    {
      containers: [{ ...web, env: [{ name: "A", value: "secret://prod/a" }] }],
      volumes: many(50_000, (i) => ({ name: `v${i}`, emptyDir: {} })),
    },
  ],
])("answers a pod of %s", async (_, spec) => {
  const answer = await admission.mutate(requestOf({ spec }), signal);
  expect(answer.message).not.toBe("");
  expect(answer.message.length).toBeLessThan(1_000_000);
});

it("answers a pod of endless lists in annotations", async () => {
  const annotations = { "sluice.dev/containers": names, "sluice.dev/exclude-containers": names };
  const containers = many(1_000, (i) => ({ ...web, name: `c${i}` }));
  const answer = await admission.mutate(
    requestOf({ metadata: { annotations }, spec: { containers } }),
    signal,
  );
  expect(answer.message.length).toBeLessThanOrEqual(8_000);
  expect(answer.message).toContain("Annotations list more than 1000 containers");
});

const SIZE = 1_000_000;
const filled = (text: string): string => text.repeat(Math.ceil(SIZE / text.length));
const NOBODY: ObjectReader = {
  read: async (references) =>
    Promise.resolve(
      new Map(
        Array.from(references.keys(), (reference) => [
          reference,
          { reference, status: "not-found", reason: "no-such-path" } as const,
        ]),
      ),
    ),
};
const encode = (text: string): string => Buffer.from(text).toString("base64");

it.each<[string, object, boolean]>([
  ["as many references as fit", { data: { a: filled("${secret://a/b}") } }, false],
  ["as many of another notation", { data: { a: filled("${vault:a#b}") } }, false],
  ["opened references", { data: { a: filled("${secret://") } }, false],
  ["many entries", { data: Object.fromEntries(many(50_000, (i) => [`k${i}`, `secret://a/b${i}`])) }, false],
  // These hold none: the first is closed nowhere, the second is written as text.
  ["opened references of another notation", { data: { a: "${vault:".repeat(10_000) } }, true],
  ["dollars", { data: { a: `${filled("$")}{secret://a/b}` } }, true],
  ["openings of shells", { data: { a: filled("${VARIABLE} text ".repeat(10)).slice(0, 150_000) } }, true],
])("answers an object of %s", async (_, content, allowed) => {
  const filler = createObjectAdmission({ dialects: [sluice(), bankVaults()], policy: [], reader: NOBODY });
  const answer = await filler.mutate(requestOf(content, { resource: "configmaps" }), signal);
  expect(answer.allowed).toBe(allowed);
  expect(answer.message.length).toBeLessThanOrEqual(8_000);
  const all = [{ namespaces: ["*"], resources: ["*"] }];
  const asking = createObjectAdmission({ dialects: [sluice(), bankVaults()], policy: all, reader: NOBODY });
  expect(await asking.mutate(requestOf(content, { resource: "configmaps" }), signal)).toMatchObject({
    allowed,
  });
});

it.each<[string, string]>([
  ["objects", filled('{"a":')],
  ["closed objects", `${'{"a":'.repeat(150_000)}"secret://a/b"${"}".repeat(150_000)}`],
  ["lists", "[".repeat(SIZE)],
])("answers a registry login of %s in each other", async (_, file) => {
  const filler = createObjectAdmission({ dialects: [sluice()], policy: [], reader: NOBODY });
  const object = { data: { ".dockerconfigjson": encode(file) } };
  expect(await filler.mutate(requestOf(object, { resource: "secrets" }), signal)).toMatchObject({
    message: expect.stringMatching(/references/),
  });
});
