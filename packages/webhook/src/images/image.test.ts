import { describe, expect, it } from "vitest";
import { parseChallenge } from "./challenge.js";
import { loginsFor, parseDockerConfig } from "./docker-config.js";
import { parseImageReference } from "./image-reference.js";
import { chooseManifest, parseImageConfig, parseManifest } from "./manifest.js";
import { platformOf } from "./platform-of.js";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("the name of an image", () => {
  it.each([
    ["nginx", "docker.io", "library/nginx", "latest"],
    ["nginx:1.27", "docker.io", "library/nginx", "1.27"],
    ["acme/web", "docker.io", "acme/web", "latest"],
    ["index.docker.io/nginx", "docker.io", "library/nginx", "latest"],
    ["ghcr.io/acme/web:v1", "ghcr.io", "acme/web", "v1"],
    ["localhost/web", "localhost", "web", "latest"],
    ["registry:5000/web:1", "registry:5000", "web", "1"],
    ["10.0.0.1:5000/a/b/c", "10.0.0.1:5000", "a/b/c", "latest"],
    ["[::1]:5000/a", "[::1]:5000", "a", "latest"],
    [`nginx:1@${DIGEST}`, "docker.io", "library/nginx", DIGEST],
  ])("%s", (text, registry, repository, reference) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, reference });
  });

  it.each([
    "",
    "UPPER",
    "a b",
    "nginx:",
    "nginx@sha256:1",
    "../x",
    "ghcr.io/",
    "ghcr.io/a//b",
    "a:b/c",
    "http://x/y",
    `x@${DIGEST}x`,
  ])("%j is none", (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

describe("logins", () => {
  const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
  const logins = parseDockerConfig(
    JSON.stringify({
      auths: {
        "https://index.docker.io/v1/": auth("hub:a:b"),
        "ghcr.io": { username: "u", password: "general" },
        "ghcr.io/acme": auth("u:narrow"),
        "*.dkr.ecr.eu-west-1.amazonaws.com": auth("AWS:token"),
        "acr*.azurecr.io": auth("u:acr"),
        "registry:5000": auth("u:port"),
        broken: { auth: "no colon" },
        odd: 7,
      },
    }),
  );
  const passwords = (registry: string, repository = "acme/web") =>
    loginsFor(logins, registry, repository).map(({ password }) => password);

  it.each([
    ["docker.io", "library/nginx", ["a:b"]],
    ["ghcr.io", "acme/web", ["narrow", "general"]],
    ["ghcr.io", "acmeother/web", ["general"]],
    ["1.dkr.ecr.eu-west-1.amazonaws.com", "web", ["token"]],
    ["a.b.dkr.ecr.eu-west-1.amazonaws.com", "web", []],
    ["acrprod.azurecr.io", "web", ["acr"]],
    ["registry:5000", "web", ["port"]],
    ["registry", "web", []],
    ["xghcr.io", "acme/web", []],
    ["ghcr.io.evil.test", "acme/web", []],
  ])("for %s/%s", (registry, repository, expected) => {
    expect(passwords(registry, repository)).toEqual(expected);
  });

  it("may stand without auths around them, and make no sense at all", () => {
    expect(parseDockerConfig(JSON.stringify({ "ghcr.io": auth("u:p") }))).toHaveLength(1);
    for (const text of ["", "[]", "null", '{"auths":[1]}', "7"]) expect(parseDockerConfig(text)).toEqual([]);
  });
});

describe("what a registry asks for", () => {
  it("is read as it writes it", () => {
    const header = 'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a:pull"';
    expect(parseChallenge(header, false)).toEqual({
      scheme: "bearer",
      realm: new URL("https://auth.test/token"),
      service: "registry.test",
    });
    expect(parseChallenge('basic realm="x"', false)).toEqual({ scheme: "basic" });
  });

  it.each([
    undefined,
    "",
    "Negotiate",
    'Bearer realm="http://auth.test/token"',
    'Bearer realm="file:///etc"',
    "Bearer x",
  ])("%j is nothing that a password is sent to", (header) => {
    expect(parseChallenge(header, false)).toBeUndefined();
  });
});

describe("an image of several platforms", () => {
  const manifests = ["amd64", "arm64"].map((architecture, index) => ({
    digest: `sha256:${String(index).repeat(64)}`,
    size: 1,
    platform: { os: "linux", architecture },
  }));
  const attestation = { digest: DIGEST, size: 1, platform: { os: "unknown", architecture: "unknown" } };
  const index = parseManifest(JSON.stringify({ manifests: [attestation, ...manifests] }));

  it("is the one for the node, else the nearest", () => {
    if (index.kind !== "index") throw new Error("It is no index");
    const choose = (os: string, architecture: string) =>
      chooseManifest(index, { os, architecture }).digest[7];
    expect([choose("linux", "arm64"), choose("linux", "riscv64"), choose("windows", "amd64")]).toEqual([
      "1",
      "0",
      "0",
    ]);
  });

  it("is for what the pod asks of a node", () => {
    const pod = (spec: object) => platformOf({ spec: { containers: [], ...spec } });
    expect(pod({})).toEqual({ os: "linux", architecture: "amd64" });
    expect(pod({ nodeSelector: { "kubernetes.io/arch": "arm64" }, os: { name: "windows" } })).toEqual({
      os: "windows",
      architecture: "arm64",
    });
  });

  it.each(["", "[]", "{}", '{"config":{}}', '{"config":{"digest":"md5:1","size":1}}'])(
    "%j is none",
    (text) => {
      expect(() => parseManifest(text)).toThrow(/no known form|not JSON/);
    },
  );

  it("starts nothing where it does not say", () => {
    expect(parseImageConfig('{"config":{"Entrypoint":null}}')).toEqual({ entrypoint: [], cmd: [] });
    expect(() => parseImageConfig('{"config":{"Cmd":"sh -c"}}')).toThrow(/no known form/);
  });
});
