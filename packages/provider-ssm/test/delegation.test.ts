import type { DelegatedIdentity } from "@sluice/core";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { secretsManager } from "../src/index.js";
import { ask, contextOf, dependencies, readOne, textOf } from "./ask.js";
import { awsAccounts, ROLE_B, ROLE_C } from "./aws-accounts.js";
import { NO_MOTO, openMoto } from "./open-moto.js";

const moto = await openMoto();

function workload(name: string, getToken = async () => `token-of-${name}`): DelegatedIdentity {
  return { kind: "delegated", cacheKey: name, subject: `system:serviceaccount:shop:${name}`, getToken };
}

describe.skipIf(!moto)("workloads against moto", () => {
  const { proxy } = moto ?? NO_MOTO;
  const { name, open, stsCalls } = awsAccounts(moto ?? NO_MOTO);
  const options = { delegation: { roleArn: ROLE_B } };

  it("reads as the workload, with its own token for the audience", async () => {
    const provider = open(options);
    const asked: string[] = [];
    const identity: DelegatedIdentity = {
      ...workload("web"),
      getToken: async (audience) => {
        asked.push(audience);
        return "token-of-web";
      },
    };
    const outcomes = await Promise.all([
      readOne(provider, name, undefined, contextOf({ identity })),
      readOne(provider, name),
    ]);
    expect(outcomes.map(textOf)).toEqual(["of account B", "of the account itself"]);
    expect(asked).toEqual(["sts.amazonaws.com"]);
    expect(stsCalls()).toHaveLength(1);
    expect(stsCalls()[0]?.body).toContain("token-of-web");
    expect(stsCalls()[0]?.body).toContain("RoleSessionName=system-serviceaccount-shop-web-");
  });

  it("keeps concurrent workloads apart", async () => {
    const provider = open({ delegation: { roleArn: ROLE_B, audience: "sluice" } });
    const names = ["a", "b", "c"];
    await Promise.all(
      [...names, ...names].map(async (each) =>
        readOne(provider, name, undefined, contextOf({ identity: workload(each) })),
      ),
    );
    const tokens = stsCalls().map(({ body }) => /token-of-(\w)/.exec(body)?.[1]);
    expect(tokens).toHaveLength(names.length);
    expect(new Set(tokens)).toEqual(new Set(names));
  });

  it("gives a workload the role that is its own", async () => {
    const roles = { "system:serviceaccount:shop:api": ROLE_C };
    const provider = open({ delegation: { roleArn: ROLE_B, roles } });
    const outcomes = await Promise.all(
      ["web", "api"].map(async (each) =>
        readOne(provider, name, undefined, contextOf({ identity: workload(each) })),
      ),
    );
    expect(outcomes.map(textOf)).toEqual(["of account B", "of account C"]);
  });

  it("serves Secrets Manager alike", async () => {
    const endpoints = { endpoint: proxy.address, stsEndpoint: proxy.address };
    const provider = secretsManager({ ...endpoints, ...options }).create(dependencies());
    onTestFinished(async () => provider[Symbol.asyncDispose]?.());
    const context = contextOf({ identity: workload("web") });
    expect(await readOne(provider, "absent", undefined, context)).toMatchObject({ status: "not-found" });
    expect(stsCalls()).toHaveLength(1);
  });

  it("uses the token of whoever asks now when credentials are wanted again", async () => {
    const provider = open(options);
    const failing = workload("web", async () => {
      throw new Error("canary-token");
    });
    const failed = await readOne(provider, name, undefined, contextOf({ identity: failing }));
    expect(failed).toMatchObject({ status: "unavailable", reason: "WorkloadTokenMissing" });
    expect(inspect(failed)).not.toContain("canary");
    const identity = workload("web");
    expect(textOf(await readOne(provider, name, undefined, contextOf({ identity })))).toBe("of account B");
  });

  it("is denied where it is not configured", async () => {
    const context = contextOf({ identity: workload("web") });
    const outcomes = await open({}).resolve([ask(name), ask("/other")], context);
    expect(outcomes).toMatchObject([
      { status: "denied", reason: "DelegationNotConfigured" },
      { status: "denied" },
    ]);
    expect(proxy.calls).toHaveLength(0);
  });
});
