import { createAdmission } from "@sluice/webhook";
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
