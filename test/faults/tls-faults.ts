import assert from "node:assert/strict";
import { createAuthority } from "../servers/faults/test-authority.js";
import type { FaultCase, Stage } from "./fault-case.js";

/** Nothing was asked of a server that could not prove who it is. */
const nothingAsked =
  ({ proxy }: Stage) =>
  (): void =>
    assert.equal(proxy.http.calls.length, 0);

/** Servers that cannot prove who they are. */
export const TLS_FAULTS: readonly FaultCase[] = [
  {
    title: "a certificate for another name",
    allowed: ["unavailable", "invalid", "denied"],
    begin: async (stage) => {
      stage.proxy.http.present(await stage.authority.issue({ elsewhere: true }));
      return nothingAsked(stage);
    },
  },
  {
    title: "a certificate of an unknown authority",
    allowed: ["unavailable", "invalid", "denied"],
    begin: async (stage) => {
      const stranger = await createAuthority("Stranger");
      stage.proxy.http.present(await stranger.issue({ names: stage.subject.serverNames ?? [] }));
      return nothingAsked(stage);
    },
  },
  {
    title: "an expired certificate",
    allowed: ["unavailable", "invalid", "denied"],
    begin: async (stage) => {
      stage.proxy.http.present(
        await stage.authority.issue({ expired: true, names: stage.subject.serverNames ?? [] }),
      );
      return nothingAsked(stage);
    },
  },
];
