import { expect, it } from "vitest";
import { keesPodReader } from "./read-kees-pod.js";

const KEY = "kind=DYNAMIC,type=RSA,size=2048";
const pod = (annotations: Readonly<Record<string, string>>) => ({
  namespace: "shop",
  name: "web",
  uid: "u",
  annotations,
});
const paths = (wanted: ReturnType<ReturnType<typeof keesPodReader>>): string[] =>
  wanted.secrets.flatMap(({ entries }) => entries.map(({ path }) => path));

it("reads the annotations of kees' own example", () => {
  const wanted = keesPodReader({ store: "ssm" })(
    pod({
      "iam.amazonaws.com/role": "cluster-app-role",
      "secret.bsycorp.com/signingKey.v1_public": `${KEY},foo=bar`,
      "secret.bsycorp.com/signingKey.v1_private": `${KEY},foo=bar`,
      "secret.bsycorp.com/db.password": "kind=REFERENCE,type=PASSWORD",
    }),
  );
  expect(wanted).toEqual({
    secrets: [
      {
        name: "signingKey.v1",
        store: "ssm",
        spec: { type: "rsa", bits: 2048, form: "der" },
        encoding: "base64",
        entries: [
          { path: "/signingKey.v1_private", members: [{ field: "private" }] },
          { path: "/signingKey.v1_public", members: [{ field: "public" }] },
        ],
      },
    ],
    leases: [],
    problems: [],
  });
});

it("puts everything below the prefix, under the key of a store with fields, in the domain that is configured", () => {
  const read = keesPodReader({ store: "vault", key: "value", domain: "acme.dev", storagePrefix: "/base" });
  const annotations = {
    "secret.acme.dev/pin": "kind=DYNAMIC,type=PASSWORD,size=64",
    "secret.bsycorp.com/other": KEY,
    "lease.acme.dev/flake": "kind=INDEX,rangeStart=1,rangeEnd=2",
  };
  expect(read(pod(annotations))).toMatchObject({
    secrets: [
      {
        spec: { type: "password", length: 8 },
        entries: [{ path: "/base/pin", members: [{ field: "", key: "value" }] }],
      },
    ],
    leases: [
      {
        name: "flake",
        store: "vault",
        prefix: "/base/leases/flake",
        key: "value",
        rangeStart: 1,
        rangeEnd: 2,
      },
    ],
  });
  expect(paths(read(pod({ ...annotations, "init.acme.dev/storage-prefix": "/own/" })))).toEqual(["/own/pin"]);
});

it("begins an API key with the same part, whatever else a pod asks for", () => {
  const read = keesPodReader({ store: "ssm" });
  const settings = "kind=DYNAMIC,type=RANDOM,size=128";
  expect(paths(read(pod({ "secret.bsycorp.com/api-key.a": settings })))).toEqual([
    "/api-key.a_consumer",
    "/api-key.a_provider",
    "/api-key.a",
  ]);
});

it.each(["true", "remote-then-local"])("asks for nothing in local mode %s", (mode) => {
  const annotations = { "secret.bsycorp.com/k_public": KEY, "init.bsycorp.com/local-mode": mode };
  expect(keesPodReader({ store: "ssm" })(pod(annotations))).toEqual({
    secrets: [],
    leases: [],
    problems: [],
  });
});

it("says what it cannot do", () => {
  const gpg = "kind=DYNAMIC,type=GPG,size=1024,userId=A<a@b.c>";
  expect(keesPodReader({ store: "ssm" })(pod({ "secret.bsycorp.com/m_public": gpg })).problems).toEqual([
    "m of type GPG cannot be made in that size. Give it size=2048, size=3072 or size=4096",
  ]);
  expect(keesPodReader({})(pod({ "secret.bsycorp.com/k_public": KEY })).problems).toEqual([
    expect.stringContaining("No store is configured"),
  ]);
  expect(keesPodReader({})(pod({})).problems).toEqual([]);
});
