import { describe, expect, it } from "vitest";
import { tenantFault, type TenantPolicy } from "./tenant-options.js";

const faultOf = (options: object, policy?: TenantPolicy, environment: Record<string, string> = {}) =>
  tenantFault({ options: { ...options }, environment }, "/etc/sluice", policy);

const HOSTILE = [
  "http://127.0.0.1:8200",
  "https://localhost",
  "https://127.1",
  "https://2130706433",
  "https://0x7f000001",
  "https://0177.0.0.1",
  "https://[::1]:8200",
  "https://[::ffff:127.0.0.1]",
  "https://169.254.169.254/latest/meta-data",
  "https://metadata.google.internal",
  "https://10.0.0.1",
  "https://192.168.1.1",
  "https://[fd00::1]",
  "https://kubernetes.default.svc",
  "https://vault.example@127.0.0.1",
  "https://vault.example.evil.com",
  "https:\\\\127.0.0.1",
  " https://127.0.0.1",
  "HTTPS://127.0.0.1",
  "file:///etc/passwd",
  "unix:/var/run/docker.sock",
];
const LISTED: TenantPolicy = {
  addresses: ["https://vault.example:8200", "*.vaults.acme.com", "10.1.0.0/16"],
};

describe("an option of a namespace's own store", () => {
  it.each(HOSTILE)("may not lead to %s, with a list or without", (address) => {
    for (const policy of [undefined, {}, LISTED])
      for (const options of [{ address }, { auth: { deep: [address] } }])
        expect(faultOf(options, policy)).toMatch(
          /^options\.(?:address|auth\.deep\.0) names (?:an address|a file)/,
        );
    expect(faultOf({}, LISTED, { VAULT_ADDR: address })).toMatch(/^variables\.VAULT_ADDR names an address/);
  });

  it("may not have an address without a scheme, which a provider might complete", () => {
    for (const name of ["address", "url", "endpoint", "stsEndpoint", "serverUrl"])
      expect(faultOf({ [name]: "127.0.0.1:8200" }, LISTED)).toContain(`options.${name} names an address`);
  });

  it("may lead where the operator allows, and nowhere beside it", () => {
    for (const open of ["https://vault.example:8200/x", "https://10.1.2.3:8200"])
      expect(faultOf({ address: open }, LISTED)).toBeUndefined();
    for (const shut of [
      "https://vault.example",
      // Names below another are led anywhere by whoever has the zone, and nothing looks after that.
      "https://a.vaults.acme.com",
      "http://vault.example:8200",
      "https://10.2.0.1",
      "http://10.1.2.3",
    ])
      expect(faultOf({ address: shut }, LISTED)).toContain("--allow-addresses");
    expect(
      faultOf({ address: "http://127.0.0.1:81" }, { addresses: ["http://127.0.0.1:81"] }),
    ).toBeUndefined();
    expect(faultOf({ address: "https://public.example.com" })).toContain("ClusterSecretStore");
  });

  it("may have a certificate where its file may stand, and no path that says it is one", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    expect(faultOf({ caCert: pem }, {}, { VAULT_CACERT: pem })).toBeUndefined();
    for (const [name, text, fault] of [
      ["address", "http://10.0.0.5:8200/-----BEGIN CERTIFICATE-----/..", "names an address"],
      ["endpoint", pem, "names an address"],
      ["tokenFile", "/-----BEGIN CERTIFICATE-----\n/../../var/run/secrets/token", "names a file"],
      ["tokenFile", pem, "names a file"],
      ["caCert", "/-----BEGIN CERTIFICATE-----\n/../etc/passwd", "names a file"],
      ["anything", "../-----BEGIN CERTIFICATE-----\n/../secret", "names a file"],
    ] as const)
      expect(faultOf({ [name]: text }, LISTED)).toContain(fault);
  });

  it.each([
    { path: "secrets.json" },
    { kubeconfig: "cluster" },
    { caCert: "ca.pem" },
    { auth: { jwt: { tokenFile: "t" } } },
    { auth: { kubernetes: { tokenPath: "/var/run/secrets/kubernetes.io/serviceaccount/token" } } },
    { anything: "../secret" },
    { anything: "~/.aws/credentials" },
    { anything: "/proc/self/environ" },
  ])("may not name a file: %j", (options) => {
    expect(faultOf(options, { files: ["/etc/sluice/other", "secret"] })).toContain("--allow-files");
  });

  it("may name the files that the operator allows, and none beside them", () => {
    const policy = { files: ["ca.pem", "/var/lib/tenants"] };
    for (const caCert of [
      "ca.pem",
      "./ca.pem",
      "/etc/sluice/ca.pem",
      "/var/lib/tenants/a/b",
      "/var/lib/tenants/..x",
    ])
      expect(faultOf({ caCert }, policy)).toBeUndefined();
    for (const caCert of ["ca.pem2", "../ca.pem", "/var/lib/tenants/../x", "/var/lib/tenants2/x", "/var/lib"])
      expect(faultOf({ caCert }, policy)).toContain("names a file");
    for (const name of ["VAULT_CACERT", "AWS_CONFIG_FILE", "KUBECONFIG", "AWS_WEB_IDENTITY_TOKEN_FILE"])
      expect(faultOf({}, policy, { [name]: "x" })).toContain(`variables.${name} names a file`);
  });

  it("may be all else: certificates as text, audiences, names, credentials that begin like a path", () => {
    const options = {
      caCert: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
      audience: "https://kubernetes.default.svc",
      auth: { kubernetes: { role: "app", mount: "team/kubernetes", audience: "https://vault.example" } },
      vault: "acme",
      region: "eu-central-1",
      roleArn: "arn:aws:iam::1:role/app",
      maximum: 3,
      none: null,
    };
    expect(faultOf(options, {}, { VAULT_TOKEN: "hvs.x", AWS_SECRET_ACCESS_KEY: "/abc+~" })).toBeUndefined();
  });
});
