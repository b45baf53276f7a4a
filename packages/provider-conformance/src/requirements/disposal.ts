import assert from "node:assert";
import type { SecretProvider } from "@sluice/core";
import { leftBy } from "../harness/active-resources.js";
import { answered } from "../harness/answered.js";
import { contextOf } from "../harness/context.js";
import { createProvider } from "../harness/create-provider.js";
import { requestOf } from "../harness/request-of.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";

/** Section 12. */
export const DISPOSAL: readonly Requirement[] = [
  defineRequirement({
    id: "12.1",
    title:
      "`Symbol.asyncDispose` MUST close what the provider opened, and be safe on one that was never used.",
    test: async (trial) => {
      await dispose(createProvider(trial.subject));
      const { path } = await trial.plant();
      const useAndDispose = async (): Promise<void> => {
        const provider = createProvider(trial.subject);
        await answered("resolve", async () => provider.resolve([requestOf(path)], contextOf()));
        await dispose(provider);
      };
      const left = await leftBy(useAndDispose);
      assert.ok(left.length === 0, `providers that were disposed of left something open: ${left.join(", ")}`);
    },
  }),
  defineRequirement({
    id: "12.2",
    title: "Two providers made from one descriptor MUST be independent.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const one = createProvider(trial.subject);
      await answered("resolve", async () => one.resolve([requestOf(path)], contextOf()));
      trial.expectContent(await trial.probe.read(path), text, "a secret read by a second provider");
      await dispose(one);
      trial.expectContent(
        await trial.probe.read(path),
        text,
        "a secret read after another provider was disposed of",
      );
    },
  }),
];

async function dispose(provider: SecretProvider): Promise<void> {
  await answered("Symbol.asyncDispose", async () => provider[Symbol.asyncDispose]?.());
}
