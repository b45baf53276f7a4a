import { stat } from "node:fs/promises";
import { MEMORY } from "../reference/memory-provider.js";
import { without, type WrongProviders } from "./wrong-provider.js";

const { capabilities, optionsSchema } = MEMORY;

export const WRONG_DESCRIPTOR: WrongProviders = {
  "1.1": {
    "of another version": {
      descriptor: (right) => Object.assign(right.bind(undefined), right, { specification: "v0" }),
    },
    "with stores of another name": {
      descriptor: (right) =>
        Object.assign((options: never) => ({ ...right(options), provider: "other" }), right),
    },
  },
  "1.2": {
    "that takes unknown keys": {
      definition: { optionsSchema: { ...optionsSchema, additionalProperties: true } },
    },
    "of an older draft": {
      definition: { optionsSchema: { ...optionsSchema, $schema: "http://json-schema.org/draft-07/schema#" } },
    },
    "that requires what is no option": {
      definition: { optionsSchema: { ...optionsSchema, required: ["url"] } },
    },
  },
  "1.3": {
    "with batches of any size": { definition: { capabilities: { ...capabilities, batchSize: Infinity } } },
    "with batches of none": { definition: { capabilities: { ...capabilities, batchSize: 0 } } },
    "with a date": {
      definition: { capabilities: { ...capabilities, since: new Date() } as typeof capabilities },
    },
  },
  "1.4": {
    "declared and missing": () => ({ renewLease: undefined }),
    "there and not declared": {
      definition: { capabilities: without(capabilities, "check") },
    },
  },
  "1.5": {
    "with a timer": () => ({ timer: setInterval(() => undefined, 60_000).hasRef() }),
    "with a look at a file": () => ({ looked: stat("/tmp") }),
    "with a connection put off": () => {
      queueMicrotask(() => setTimeout(() => undefined, 200));
      return {};
    },
    "as a promise": { definition: { create: (async () => ({})) as unknown as typeof MEMORY.create } },
  },
};
