import type { Pod } from "@sluice/core/pod";
import { PLAN_VARIABLE } from "@sluice/core/plan";
import { parseStore, type StoreLookup } from "@sluice/kubernetes/stores";
import { createAdmission, type KnownStores } from "@sluice/webhook";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";
import { optionsOf, requestOf, SETTINGS } from "./support.js";

const { signal } = new AbortController();

function storeOf(name: string, spec: object): StoreLookup {
  const { store } = parseStore({ kind: "ClusterSecretStore", name }, "u/1", { provider: "vault", ...spec });
  if (store === undefined) throw new Error("The store is not valid");
  return { status: "found", store };
}

const STORES: Readonly<Record<string, StoreLookup>> = {
  prod: storeOf("prod", { identity: "pod", tokenAudience: "vault-b" }),
  other: storeOf("other", { identity: "pod", tokenAudience: "vault-a" }),
  same: storeOf("same", { identity: "pod", tokenAudience: "vault-a" }),
  minted: storeOf("minted", { identity: "pod", tokenSource: "tokenRequest", tokenAudience: "minted" }),
  broker: storeOf("broker", { identity: "broker" }),
  suspended: storeOf("suspended", { identity: "pod", tokenAudience: "suspended", suspend: true }),
  invalid: {
    status: "invalid",
    key: { kind: "SecretStore", namespace: "shop", name: "invalid" },
    version: "u/1",
    problem: "is wrong",
  },
  unknown: { status: "unknown", problem: "no SecretStore is known yet" },
};

const stores: KnownStores = {
  find: async (_namespace, name) =>
    Promise.resolve(Object.hasOwn(STORES, name) ? STORES[name] : { status: "missing" as const }),
};
const admission = createAdmission(optionsOf({ stores }));

/** A pod of containers that each ask these stores. */
const podOf = (containers: Readonly<Record<string, readonly string[]>>): Pod => ({
  spec: {
    containers: Object.entries(containers).map(([name, names]) => ({
      name,
      image: name,
      command: ["/app"],
      env: names.map((store, at) => ({ name: `V${at}`, value: `secret://${store}/a#b` })),
    })),
  },
});

const admit = async (subject: Pod) => {
  const answer = await admission.mutate(requestOf(subject), signal);
  const changed = JSON.parse(JSON.stringify(subject)) as Pod;
  if (!answer.allowed) return { answer, changed };
  applyPatch(changed, JSON.parse(JSON.stringify(answer.patch)) as Operation[]);
  return { answer, changed };
};

const tokensOf = ({ spec }: Pod, container: string): unknown => {
  const { env = [] } = spec.containers.find(({ name }) => name === container) ?? {};
  const plan = env.find(({ name }) => name === PLAN_VARIABLE)?.value;
  return plan === undefined ? undefined : (JSON.parse(plan) as { source: { tokens?: object } }).source.tokens;
};

const audiencesOf = ({ spec }: Pod, container: string): (readonly string[])[] =>
  (spec.volumes ?? [])
    .filter(({ name }) => name === `sluice-token-${container}`)
    .flatMap(({ projected }) => (projected as { readonly sources: readonly Source[] }).sources)
    .map(({ serviceAccountToken: { audience, path } }) => [audience, `/var/run/secrets/sluice/${path}`]);

interface Source {
  readonly serviceAccountToken: { readonly audience: string; readonly path: string };
}

describe("7.6 a pod with stores that act as it", () => {
  it("has a file for each audience, once, in the containers that ask those stores", async () => {
    const { answer, changed } = await admit(
      podOf({
        web: ["prod", "other", "same", "broker", "minted"],
        job: ["other"],
        plain: ["broker"],
        none: [],
      }),
    );
    expect(answer).toMatchObject({ allowed: true, warnings: [] });
    const file = (name: string) => expect.stringMatching(new RegExp(`^/var/run/secrets/sluice/${name}$`));
    const tokens = tokensOf(changed, "web") as Record<string, string>;
    expect(Object.entries(tokens)).toEqual([
      ["vault-a", file("tokens/[0-9a-f]{16}")],
      ["vault-b", file("tokens/[0-9a-f]{16}")],
    ]);
    expect(audiencesOf(changed, "web")).toEqual([["sluice/web", file("token")], ...Object.entries(tokens)]);
    expect(tokensOf(changed, "job")).toEqual({ "vault-a": tokens["vault-a"] });
    expect(audiencesOf(changed, "plain")).toEqual([["sluice/plain", file("token")]]);
    expect(tokensOf(changed, "plain")).toBeUndefined();
    expect(audiencesOf(changed, "none")).toEqual([]);
  });

  it("gives the writer of a container's files the tokens that these need, and the container none", async () => {
    const settings = { ...SETTINGS, writer: { image: "example.test/sluice:1" } };
    const writing = createAdmission(optionsOf({ stores, settings }));
    const subject = {
      ...podOf({ web: [] }),
      metadata: { annotations: { "sluice.dev/file.db": "secret://prod/db#password" } },
    };
    const owned: Pod = { ...subject, spec: { ...subject.spec, securityContext: { runAsUser: 1000 } } };
    const answer = await writing.mutate(requestOf(owned), signal);
    if (!answer.allowed) throw new Error(answer.message);
    const changed = JSON.parse(JSON.stringify(owned)) as Pod;
    applyPatch(changed, JSON.parse(JSON.stringify(answer.patch)) as Operation[]);
    const [writer] = changed.spec.initContainers ?? [];
    const plan = writer?.env?.find(({ name }) => name === PLAN_VARIABLE)?.value ?? "";
    const { source } = JSON.parse(plan) as { readonly source: { readonly tokens: object } };
    expect(Object.keys(source.tokens)).toEqual(["vault-b"]);
    expect(audiencesOf(changed, writer?.name ?? "").map(([audience]) => audience)).toEqual([
      `sluice/${writer?.name}`,
      "vault-b",
    ]);
    expect(audiencesOf(changed, "web")).toEqual([]);
  });

  it("is changed once, however often it is admitted, and the same in every order of its variables", async () => {
    const { changed } = await admit(podOf({ web: ["prod", "other"] }));
    const again = await admit(changed);
    expect(again.answer).toMatchObject({ allowed: true, patch: [] });
    const { changed: turned } = await admit(podOf({ web: ["other", "prod"] }));
    expect(audiencesOf(turned, "web")).toEqual(audiencesOf(changed, "web"));
  });

  it("is admitted with a warning where a store is missing, invalid or suspended: it may be mended, or come later", async () => {
    const { answer, changed } = await admit(podOf({ web: ["gone", "invalid", "suspended"] }));
    expect(answer).toMatchObject({
      allowed: true,
      warnings: [
        expect.stringMatching(/^sluice: No store "gone" in shop yet: .* make the pod anew then$/),
        "sluice: SecretStore shop/invalid cannot be used: is wrong",
        "sluice: ClusterSecretStore suspended is suspended: containers do not start before it goes on",
      ],
    });
    expect(Object.keys(tokensOf(changed, "web") as object)).toEqual(["suspended"]);
  });

  it("is denied for now where stores are not known: its volumes could not be given later", async () => {
    const { answer } = await admit(podOf({ web: ["prod", "unknown"] }));
    expect(answer).toMatchObject({
      allowed: false,
      code: 503,
      message: expect.stringMatching(
        /store "unknown" needs a token .* no SecretStore is known yet.*Try again/,
      ),
    });
  });

  it("is denied where its container would need more tokens than a plan can name", async () => {
    const many: KnownStores = {
      find: async (_namespace, name) =>
        Promise.resolve(storeOf(name, { identity: "pod", tokenAudience: `audience-${name}` })),
    };
    const names = Array.from({ length: 33 }, (_, at) => `s${at}`);
    const denying = createAdmission(optionsOf({ stores: many }));
    expect(await denying.mutate(requestOf(podOf({ web: names })), signal)).toMatchObject({
      allowed: false,
      code: 422,
    });
  });
});
