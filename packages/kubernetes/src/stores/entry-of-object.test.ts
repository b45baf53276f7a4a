import { describe, expect, it } from "vitest";
import { entryOfObject, type StorePolicy } from "./entry-of-object.js";
import type { StoreKind } from "./store.js";

const STRICT: StorePolicy = { brokerIdentityInNamespaces: [], tokenAudiencesInNamespaces: [] };
const API = "https://kubernetes.default.svc";

function entryOf(kind: StoreKind, spec: object, policy: Partial<StorePolicy> = {}) {
  const namespaced = kind === "SecretStore" && { namespace: "shop" };
  const metadata = { name: "own", uid: "u", resourceVersion: "1", generation: 1, ...namespaced };
  const object = { apiVersion: "sluice.dev/v1alpha1", kind, metadata, spec: { provider: "vault", ...spec } };
  return entryOfObject(kind, object, { ...STRICT, ...policy });
}

const asPod = (more: object = {}) => ({ identity: "pod", tokenAudience: API, ...more });
const minted = asPod({ tokenSource: "tokenRequest" });

describe("7.12 tokens that the broker creates", () => {
  it("are for no audience that a namespace's own store names", () => {
    expect(entryOf("SecretStore", minted)).toEqual({
      status: "invalid",
      key: { kind: "SecretStore", name: "own", namespace: "shop" },
      version: "u/1",
      problem: expect.stringContaining(`may not have the broker create tokens for the audience ${API}`),
    });
  });

  it("are for those that the operator allows, and no others", () => {
    const found = { status: "found", store: { identity: { tokenSource: "tokenRequest", audience: API } } };
    expect(entryOf("SecretStore", minted, { tokenAudiencesInNamespaces: [API] })).toMatchObject(found);
    const others = { tokenAudiencesInNamespaces: [`${API}.cluster.local`, "vault"] };
    expect(entryOf("SecretStore", minted, others).status).toBe("invalid");
    expect(entryOf("ClusterSecretStore", minted)).toMatchObject(found);
  });

  it("are not those that the pod sends of itself", () => {
    expect(entryOf("SecretStore", asPod()).status).toBe("found");
  });
});

it("a namespace's own store uses the broker's credentials only where the operator allows it", () => {
  expect(entryOf("SecretStore", { identity: "broker" })).toMatchObject({
    status: "invalid",
    problem: expect.stringContaining("may not use identity: broker"),
  });
  const allowed = { brokerIdentityInNamespaces: ["vault"] };
  expect(entryOf("SecretStore", { identity: "broker" }, allowed).status).toBe("found");
  expect(entryOf("ClusterSecretStore", { identity: "broker" }).status).toBe("found");
});

it.each(["SecretStore", "ClusterSecretStore"] as const)(
  "7.11 a %s names no audience of tokens that prove containers to the broker",
  (kind) => {
    for (const tokenSource of ["projected", "tokenRequest"])
      expect(
        entryOf(
          kind,
          { identity: "pod", tokenSource, tokenAudience: "sluice/web" },
          { tokenAudiencesInNamespaces: ["sluice/web"] },
        ),
      ).toMatchObject({
        status: "invalid",
        problem: expect.stringContaining("may not begin with sluice/"),
      });
  },
);
