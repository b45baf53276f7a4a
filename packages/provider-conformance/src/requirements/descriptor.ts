import assert from "node:assert";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ProviderCapabilities } from "@sluice/core";
import { activeResources, grownBy } from "../harness/active-resources.js";
import { type Verb } from "../harness/probe.js";
import { createProvider } from "../harness/create-provider.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Section 1. */
export const DESCRIPTOR: readonly Requirement[] = [
  defineRequirement({
    id: "1.1",
    title:
      'A provider MUST be made with `defineProvider` (or look the same): callable with options, with `id`, `optionsSchema`, `capabilities`, `create`, and `specification: "v1"`.',
    test: async ({ subject: { provider, store } }) => {
      assert.ok(typeof provider === "function", "a provider must be callable");
      assert.ok(typeof provider.id === "string" && provider.id !== "", "`id` must be a name");
      assert.ok(isObject(provider.optionsSchema), "`optionsSchema` must be an object");
      assert.ok(typeof provider.create === "function", "`create` must be a function");
      assert.ok(provider.specification === "v1", '`specification` must be "v1"');
      assert.ok(store.provider === provider.id, "a store must carry the identifier of its provider");
      assert.ok(
        isDeepStrictEqual(store.capabilities, provider.capabilities),
        "a store must carry the capabilities of its provider",
      );
    },
  }),
  defineRequirement({
    id: "1.2",
    title:
      "`optionsSchema` MUST be a JSON Schema (draft 2020-12) of an object that refuses unknown keys (`additionalProperties: false`).",
    test: async ({ subject: { provider } }) => {
      const { $schema = DRAFT, type, additionalProperties, properties, required } = provider.optionsSchema;
      assert.ok(survivesJson(provider.optionsSchema), "`optionsSchema` must be plain data");
      assert.ok($schema === DRAFT, "`optionsSchema` must be of draft 2020-12");
      assert.ok(type === "object", '`optionsSchema` must have `type: "object"`');
      assert.ok(additionalProperties === false, "`optionsSchema` must have `additionalProperties: false`");
      assert.ok(
        properties === undefined || (isObject(properties) && Object.values(properties).every(isObject)),
        "`properties` must give a schema for every option",
      );
      const names: unknown[] = Array.isArray(required) ? required : [];
      assert.ok(
        names.every((name) => Object.hasOwn(properties ?? {}, String(name))),
        "what is `required` must be among the `properties`",
      );
    },
  }),
  defineRequirement({
    id: "1.3",
    title: "Capabilities MUST be plain data that survives `JSON.stringify`, with `batchSize` at least 1.",
    test: async ({ subject }) => {
      const { capabilities } = subject.store;
      assert.ok(survivesJson(capabilities), "capabilities must be plain data");
      assert.ok(isCount(capabilities.batchSize), "`batchSize` must be an integer of at least 1");
      assert.ok(
        capabilities.maxConcurrency === undefined || isCount(capabilities.maxConcurrency),
        "`maxConcurrency` must be an integer of at least 1",
      );
      assert.ok(
        ["extracted", "native"].includes(capabilities.fields),
        '`fields` must be "extracted" or "native"',
      );
    },
  }),
  defineRequirement({
    id: "1.4",
    title:
      "A capability and its verb MUST go together: `list`, `watch`, `put`, `delete`, `check` and the verbs of `leases` exist on the provider exactly when they are declared.",
    test: async ({ probe, subject }) => {
      for (const [verb, declared] of declaredVerbs(subject.store.capabilities)) {
        const there = typeof probe.provider[verb] === "function";
        assert.ok(
          there === declared,
          `\`${verb}\` is ${declared ? "" : "not "}declared, and the provider ${there ? "has" : "does not have"} it`,
        );
      }
    },
  }),
  defineRequirement({
    id: "1.5",
    title: "`create` MUST return a provider at once and start nothing: no connection, no file, no timer.",
    test: async ({ subject }) => {
      await nextTurn();
      const before = activeResources();
      const provider = createProvider(subject);
      assert.ok(
        typeof provider.resolve === "function",
        "`create` must return a provider, not a promise of one",
      );
      // What it put off until it has returned.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      const started = grownBy(1, before);
      await provider[Symbol.asyncDispose]?.();
      assert.ok(started.length === 0, `\`create\` must start nothing, and started: ${started.join(", ")}`);
    },
  }),
];

function declaredVerbs({
  list,
  watch,
  put,
  delete: deletion,
  check,
  leases,
}: ProviderCapabilities): readonly (readonly [Verb, boolean])[] {
  return [
    ["list", list !== undefined],
    ["watch", watch === true],
    ["put", put !== undefined],
    ["delete", deletion !== undefined],
    ["check", check === true],
    ["renewLease", leases?.renew === true],
    ["revokeLease", leases?.revoke === true],
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1;
}

function survivesJson(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}
