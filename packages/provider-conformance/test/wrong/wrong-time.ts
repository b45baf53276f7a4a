import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderContext, SecretProvider } from "@sluice/core";
import type { Verbs, WrongProviders } from "./wrong-provider.js";

type Resolve = SecretProvider["resolve"];

const deaf = (context: ProviderContext): ProviderContext => ({
  ...context,
  signal: new AbortController().signal,
});

const deafReading: Verbs = (right) => ({
  resolve: async (...[asked, context]: Parameters<Resolve>) => right.resolve(asked, deaf(context)),
});

const vagueReading: Verbs = (right) => ({
  resolve: async (...call: Parameters<Resolve>) => {
    try {
      return await right.resolve(...call);
    } catch {
      throw new Error("aborted");
    }
  },
});

export const WRONG_TIME: WrongProviders = {
  "4.1": {
    "that does not listen": deafReading,
    "with a reason of its own": vagueReading,
    "that checks all the same": (right) => ({
      check: async (context: ProviderContext) => right.check(deaf(context)),
    }),
    "that writes and then rejects": (right) => ({
      put: async (...[request, context]: Parameters<typeof right.put>) => {
        const outcome = await right.put(request, deaf(context));
        context.signal.throwIfAborted();
        return outcome;
      },
    }),
  },
  "4.2": {
    "that does not listen": deafReading,
    "with a reason of its own": vagueReading,
    "that goes on": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => {
        context.signal.throwIfAborted();
        await Promise.race([right.resolve(asked, deaf(context)), once(context.signal, "abort")]);
        throw context.signal.reason;
      },
    }),
    "that answers of itself": () => ({
      resolve: async (asked: Parameters<Resolve>[0]) =>
        asked.map(({ id }) => ({ id, status: "not-found", reason: "absent" })),
    }),
    "that waits before it calls": (right) => ({
      check: async (context: ProviderContext) => {
        await sleep(3000);
        return right.check(context);
      },
    }),
    "that does not listen when it lists": (right) => ({
      list: (...[query, context]: Parameters<typeof right.list>) => right.list(query, deaf(context)),
    }),
  },
  "4.3": {
    "that lives as long as its first call": (right) => {
      let life: AbortSignal | undefined;
      return {
        resolve: async (...[asked, context]: Parameters<Resolve>) => {
          life ??= context.signal;
          const answers = await right.resolve(asked, context);
          life.throwIfAborted();
          return answers;
        },
      };
    },
    "that shares its login": (right, server) => {
      let login: Promise<string> | undefined;
      return {
        resolve: async (...[asked, context]: Parameters<Resolve>) => {
          login ??= server().login("token of self", context.signal);
          await login;
          return right.resolve(asked, context);
        },
      };
    },
  },
  "4.4": {
    "that asks before it looks": (right) => ({
      resolve: async (...[asked, context]: Parameters<Resolve>) => {
        const answers = await right.resolve(asked, deaf(context));
        context.signal.throwIfAborted();
        return answers;
      },
    }),
  },
};
