import { setImmediate as nextTurn } from "node:timers/promises";
import type { DeleteRequest, ProviderContext, PutRequest } from "@sluice/core";
import { SecretValue } from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import { type Verbs, without, type WrongProviders } from "./wrong-provider.js";

/** Writes without its conditions. */
const heedless: Verbs = (right) => ({
  put: async (request: PutRequest, context: ProviderContext) =>
    right.put(without(request, "condition"), context),
});

/** Alters the answer to a write. */
const answering =
  (alter: (outcome: object, request: PutRequest) => object): Verbs =>
  (right) => ({
    put: async (request: PutRequest, context: ProviderContext) =>
      alter(await right.put(request, context), request),
  });

const careless: Verbs = (right, server) => ({
  put: async (request: PutRequest, context: ProviderContext) => {
    if (server().secrets.has(ROOT + request.path)) return { status: "exists" };
    await nextTurn();
    await right.put(without(request, "condition"), context);
    return { status: "created" };
  },
});

export const WRONG_WRITING: WrongProviders = {
  "8.1": {
    "that does nothing": () => ({ put: async () => ({ status: "created" }) }),
    "that trims": (right) => ({
      put: async ({ value, ...request }: PutRequest, context: ProviderContext) =>
        right.put({ ...request, value: SecretValue.fromText(value.text().trim()) }, context),
    }),
    "with an answer of its own": answering((outcome) => ({ ...outcome, status: "ok" })),
    "with a version of its own": answering((outcome) => ({ ...outcome, version: "0" })),
  },
  "8.2": {
    "that writes over": heedless,
    "to whom it is a conflict": answering((outcome) =>
      "status" in outcome && outcome.status === "exists" ? { status: "conflict", reason: "exists" } : outcome,
    ),
  },
  "8.3": { "that looks and then writes": careless, "that cannot": answering(() => ({ status: "exists" })) },
  "8.4": {
    "that writes over": heedless,
    "that creates": (right, server) => ({
      put: async (request: PutRequest, context: ProviderContext) => {
        if (server().secrets.has(ROOT + request.path)) return right.put(request, context);
        return right.put(without(request, "condition"), context);
      },
    }),
    "to whom nothing is missing": answering((outcome) =>
      "status" in outcome && outcome.status === "conflict"
        ? { status: "not-found", reason: "version" }
        : outcome,
    ),
    "that never writes": (right) => ({
      put: async (request: PutRequest, context: ProviderContext) =>
        right.put({ ...request, condition: { ifVersion: "none" } }, context),
    }),
  },
  "8.5": {
    "that writes again": (right) => ({
      put: async (request: PutRequest, context: ProviderContext) =>
        right.put(without(request, "idempotencyKey"), context),
    }),
    "with another answer": (right) => {
      const seen = new Set<string | undefined>();
      return {
        put: async (request: PutRequest, context: ProviderContext) => {
          if (seen.has(request.idempotencyKey)) return { status: "exists" };
          seen.add(request.idempotencyKey);
          return right.put(request, context);
        },
      };
    },
  },
  "8.6": {
    "that cuts off": (right) => ({
      put: async ({ value, ...request }: PutRequest, context: ProviderContext) =>
        right.put({ ...request, value: SecretValue.fromBytes(value.bytes().subarray(0, 1000)) }, context),
    }),
    "to whom the store is down": answering((outcome) =>
      "status" in outcome && outcome.status === "invalid" ? { ...outcome, status: "unavailable" } : outcome,
    ),
    "that makes room first": (right) => ({
      put: async (request: PutRequest, context: ProviderContext) => {
        await right.delete({ path: request.path }, context);
        return right.put(request, context);
      },
    }),
    "that leaves a trace": (right, server) => ({
      put: async (request: PutRequest, context: ProviderContext) => {
        if (!server().secrets.has(ROOT + request.path)) server().store(ROOT + request.path, Buffer.of());
        return right.put(request, context);
      },
    }),
  },
  "8.7": {
    "that keeps it": () => ({ delete: async () => ({ status: "deleted" }) }),
    "that deletes nothing": (right) => ({
      delete: async (...call: Parameters<typeof right.delete>) => {
        await right.delete(...call);
        return { status: "deleted" };
      },
    }),
    "of all that is beside it": (right, server) => ({
      delete: async (...call: Parameters<typeof right.delete>) => {
        const outcome = await right.delete(...call);
        server().secrets.clear();
        return outcome;
      },
    }),
  },
  "8.8": {
    "of any version": (right) => ({
      delete: async ({ path }: DeleteRequest, context: ProviderContext) => right.delete({ path }, context),
    }),
    "of no version": (right) => ({
      delete: async ({ path }: DeleteRequest, context: ProviderContext) =>
        right.delete({ path, ifVersion: "none" }, context),
    }),
    "that says so and does it": (right) => ({
      delete: async ({ path }: DeleteRequest, context: ProviderContext) => {
        await right.delete({ path }, context);
        return { status: "unsupported", reason: "condition" };
      },
    }),
  },
  "8.9": {
    "that tells all of them": careless,
    "that writes something else": (right) => ({
      put: async (request: PutRequest, context: ProviderContext) =>
        right.put({ ...request, value: SecretValue.fromText("something else") }, context),
    }),
  },
};
