import { createHash, randomUUID } from "node:crypto";
import { posix } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type ProviderContext,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  SecretValue,
} from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import {
  bytes,
  found,
  outcomes,
  requests,
  textOf,
  type Verbs,
  type WrongProviders,
  without,
} from "./wrong-provider.js";

type Resolve = SecretProvider["resolve"];

const absent = (id: string): SecretOutcome => ({ id, status: "not-found", reason: "absent" });

const remembering: Verbs = (right) => {
  const known = new Map<string, SecretOutcome>();
  return {
    resolve: async (...[asked, context]: Parameters<Resolve>) => {
      const answers = await right.resolve(asked, context);
      return answers.map((answer, index) => {
        const path = asked[index]?.path ?? "";
        if (answer.status === "found" && !known.has(path)) known.set(path, answer);
        return { ...(known.get(path) ?? answer), id: answer.id };
      });
    },
  };
};

export const WRONG_READING: WrongProviders = {
  "2.1": {
    "silent about what is missing": (right) => ({
      resolve: async (...call: Parameters<Resolve>) =>
        (await right.resolve(...call)).filter(({ status }) => status === "found"),
    }),
    "that answers twice": (right) => ({
      resolve: async (...call: Parameters<Resolve>) => [...(await right.resolve(...call)), absent("7")],
    }),
  },
  "2.2": {
    "with plain text": found((outcome) => ({ ...outcome, value: textOf(outcome) })),
    "with one letter less": bytes((value) => value.subarray(0, -1)),
  },
  "2.3": {
    "to whom what is missing is empty": outcomes((outcome) =>
      outcome.status === "not-found"
        ? { id: outcome.id, status: "found", value: SecretValue.fromText("") }
        : outcome,
    ),
    "to whom what is missing is denied": outcomes((outcome) =>
      outcome.status === "not-found" ? { ...outcome, status: "denied" } : outcome,
    ),
    "that remembers what was": remembering,
  },
  "2.4": {
    "to whom the empty is missing": found((outcome, { id }) =>
      textOf(outcome) === "" ? absent(id) : outcome,
    ),
  },
  "2.5": { "that takes all for text": bytes((value) => Buffer.from(value.toString())) },
  "2.6": {
    "that trims": bytes((value) => Buffer.from(value.toString().trim())),
    "that trims the end": bytes((value) => Buffer.from(value.toString().replace(/\n$/, ""))),
    "with its own line breaks": bytes((value) => Buffer.from(value.toString().replaceAll("\r\n", "\n"))),
  },
  "2.7": {
    "in Latin": bytes((value) => Buffer.from(value.toString(), "latin1")),
    "that composes": bytes((value) => Buffer.from(value.toString().normalize())),
  },
  "2.8": { "that cuts off": bytes((value) => value.subarray(0, 65_536)) },
  "2.9": {
    "with the first field": found((outcome) =>
      outcome.value instanceof Map ? { ...outcome, value: outcome.value.values().next().value } : outcome,
    ),
    "with lines": found((outcome) =>
      outcome.value instanceof Map ? { ...outcome, value: SecretValue.fromText("user=me") } : outcome,
    ),
  },
  "2.10": {
    "with the whole": requests((request) => ({ ...request, selector: { kind: "whole" } })),
    "with an empty field": outcomes((outcome, { selector }) =>
      selector.kind === "field" && outcome.status === "not-found"
        ? { id: outcome.id, status: "found", value: SecretValue.fromText("") }
        : outcome,
    ),
  },
  "2.11": {
    "that rejects": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => {
        // Throws for half a surrogate pair.
        for (const { path } of asked) encodeURIComponent(path);
        return right.resolve(asked, context);
      },
    }),
    "to whom it is denied": outcomes((outcome) =>
      outcome.status === "invalid" ? { ...outcome, status: "denied" } : outcome,
    ),
  },
  "2.12": {
    "that fails as one": (right) => ({
      resolve: async (...call: Parameters<Resolve>) => {
        const answers = await right.resolve(...call);
        const failure = answers.find(({ status }) => status !== "found");
        return failure ? answers.map(({ id }) => ({ ...failure, id })) : answers;
      },
    }),
  },
  "2.13": {
    "that asks once for each path": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) =>
        right.resolve(Array.from(new Map(asked.map((request) => [request.path, request])).values()), context),
    }),
    "of smaller batches": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => right.resolve(asked.slice(0, 3), context),
    }),
  },
  "2.14": {
    "with one call in mind": (right) => {
      let current: readonly SecretRequest[] = [];
      return {
        resolve: async (asked: readonly SecretRequest[], context: ProviderContext) => {
          current = asked;
          await nextTurn();
          return right.resolve(current, context);
        },
      };
    },
  },
  "2.15": { "that remembers": remembering },
  "2.16": {
    "with a digest": found((outcome) => ({
      ...outcome,
      version: createHash("sha256").update(textOf(outcome)).digest("hex"),
    })),
    "with one version": found((outcome) => ({ ...outcome, version: "1" })),
    "with a version for each reading": found((outcome) => ({ ...outcome, version: randomUUID() })),
    "without versions": found((outcome) => without(outcome, "version")),
  },
  "2.17": {
    "with the latest": requests((request) => ({ ...request, version: { kind: "latest" } })),
    "with nothing but the latest": found((outcome, { version, id }, server) =>
      version.kind === "exact" && server.changes.at(-1)?.version !== version.version ? absent(id) : outcome,
    ),
    "that calls the unknown invalid": outcomes((outcome, { version }) =>
      version.kind === "exact" && outcome.status === "not-found"
        ? { ...outcome, status: "invalid" }
        : outcome,
    ),
  },
  "2.18": {
    "with the latest": requests((request) => ({ ...request, version: { kind: "latest" } })),
    "that calls the unknown invalid": outcomes((outcome, { version }) =>
      version.kind === "label" && outcome.status === "not-found"
        ? { ...outcome, status: "invalid" }
        : outcome,
    ),
  },
  "2.19": {
    "in seconds": found((outcome) => ({ ...outcome, updatedAt: (outcome.updatedAt ?? 0) / 1000 })),
    "that expires in seconds": found(({ expiresAt, ...outcome }) => ({
      ...outcome,
      ...(expiresAt !== undefined && { expiresAt: expiresAt / 1000 }),
    })),
  },
  "2.20": {
    "of ASCII": requests((request) => ({ ...request, path: request.path.replaceAll(/[^ -~]/g, "?") })),
  },
  "2.21": {
    "with a read for each": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => {
        await right.resolve(asked, context);
        return right.resolve(asked, context);
      },
    }),
  },
  "2.22": {
    "that goes up": outcomes((outcome, { path, id }, server) => {
      const secret = server.secrets.get(posix.normalize(ROOT + path));
      const content = secret?.revisions.at(-1)?.content;
      return content instanceof Uint8Array
        ? { id, status: "found", value: SecretValue.fromBytes(content) }
        : outcome;
    }),
  },
};
