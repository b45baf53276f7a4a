import { setImmediate as nextTurn } from "node:timers/promises";
import { type Identity, type ProviderContext, type SecretProvider, SELF } from "@sluice/core";
import { found, without, type WrongProviders } from "./wrong-provider.js";

type Resolve = SecretProvider["resolve"];

const findings =
  (...all: readonly object[]) =>
  (): object => ({ check: async () => ({ findings: all }) });

const OK = { aspect: "reachable", status: "ok", message: "It answers" };

const FAILED = {
  aspect: "reachable",
  status: "failed",
  failure: "unavailable",
  message: "It does not answer",
};

const sharedByAll = { closed: false };

export const WRONG_OTHERS: WrongProviders = {
  "9.1": {
    "without the lease": found((outcome) => without(outcome, "lease")),
    "with a lease of no time": found((outcome) => ({
      ...outcome,
      lease: { ...outcome.lease, ttlMs: undefined },
    })),
    "with a lease of its own": found((outcome) => ({
      ...outcome,
      lease: { ...outcome.lease, id: `${Math.random()}` },
    })),
    "that issues once": (right) => {
      let issued: ReturnType<Resolve> | undefined;
      return { resolve: async (...call: Parameters<Resolve>) => (issued ??= right.resolve(...call)) };
    },
  },
  "9.2": {
    "that rejects": (right) => ({
      renewLease: async (...call: Parameters<typeof right.renewLease>) => {
        const answer = await right.renewLease(...call);
        if ("status" in answer) throw new Error("lease not found");
        return answer;
      },
    }),
    "that renews anything": () => ({
      renewLease: async (id: string) => ({ id, ttlMs: 1000, renewable: true }),
    }),
    "that renews nothing": () => ({ renewLease: async () => ({ status: "not-found", reason: "lease" }) }),
    "that does not say so": found((outcome) => ({
      ...outcome,
      lease: { ...outcome.lease, renewable: false },
    })),
  },
  "9.3": {
    "that does nothing": () => ({ revokeLease: async () => ({ status: "revoked" }) }),
    "that rejects": (right) => ({
      revokeLease: async (...call: Parameters<typeof right.revokeLease>) => {
        const answer = await right.revokeLease(...call);
        if (answer.status !== "revoked") throw new Error("lease not found");
        return answer;
      },
    }),
  },
  "9.4": {
    "that ends them": (right, server) => ({
      [Symbol.asyncDispose]: async () => {
        server().leases.clear();
        await right[Symbol.asyncDispose]?.();
      },
    }),
  },
  "10.1": {
    "with its own rights": (right, server) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => {
        for (const secret of server().secrets.values()) delete secret.readers;
        return right.resolve(asked, { ...context, identity: SELF });
      },
    }),
    "with no rights": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) =>
        right.resolve(asked, { ...context, identity: SELF }),
    }),
  },
  "10.2": {
    "with one identity in mind": (right) => {
      let current: Identity = SELF;
      return {
        resolve: async (...[asked, context]: Parameters<Resolve>) => {
          current = context.identity;
          await nextTurn();
          return right.resolve(asked, { ...context, identity: current });
        },
      };
    },
  },
  "11.1": {
    "that finds nothing": findings(),
    "that finds fault": findings(OK, { ...FAILED, remedy: "Ask" }),
  },
  "11.2": {
    "that finds all in order": findings(OK),
    "that rejects": (right) => ({
      check: async (context: ProviderContext) => {
        const result = await right.check(context);
        if (result.findings.some(({ status }) => status === "failed")) throw new Error("ECONNREFUSED");
        return result;
      },
    }),
  },
  "11.3": {
    "without a remedy": findings(FAILED),
    "with a warning only": findings({ ...OK, status: "warning" }),
  },
  "11.4": {
    "without the failure": findings({ ...FAILED, failure: undefined, remedy: "Ask" }),
    "with a failure of its own": findings({ ...FAILED, failure: "broken", remedy: "Ask" }),
    "with a warning only": findings({ ...OK, status: "warning", remedy: "Ask" }),
  },
  "12.1": {
    "that leaves its connection open": () => ({ [Symbol.asyncDispose]: async () => undefined }),
    "without disposal": () => ({ [Symbol.asyncDispose]: undefined }),
    "that closes what it never opened": (right) => {
      let opened: AbortController | undefined;
      return {
        resolve: async (...call: Parameters<Resolve>) => {
          opened = new AbortController();
          return right.resolve(...call);
        },
        [Symbol.asyncDispose]: async () => {
          if (!opened) throw new TypeError("not open");
          await right[Symbol.asyncDispose]();
        },
      };
    },
  },
  "12.2": {
    "with one connection for all": (right) => {
      sharedByAll.closed = false;
      return {
        resolve: async (...call: Parameters<Resolve>) => {
          if (sharedByAll.closed) throw new Error("closed");
          return right.resolve(...call);
        },
        [Symbol.asyncDispose]: async () => {
          sharedByAll.closed = true;
          await right[Symbol.asyncDispose]();
        },
      };
    },
  },
};
