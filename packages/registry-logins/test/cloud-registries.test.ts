import { acrLogins, ecrLogins, gcrLogins, type RegistryLoginSource } from "@sluice/registry-logins";
import { issueLeaf, issueRoot } from "@sluice/webhook";
import { createImageCommands, createRegistryClient, type RegistryClient } from "@sluice/webhook/images";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startAws } from "../../../test/servers/aws.js";
import {
  type CloudTokens,
  startCloudTokens,
  TOKEN_ISSUER,
} from "../../../test/servers/registry/cloud-tokens.js";
import { pushImage, REGISTRY_USER } from "../../../test/servers/registry/push-image.js";
import {
  type RegistryAccess,
  type RunningRegistry,
  startRegistry,
} from "../../../test/servers/registry/registry.js";
import type { RunningServer } from "../../../test/servers/shared/server.js";

const POD = { spec: { containers: [] } };
const DAY = 86_400_000;
const COMMAND = { Entrypoint: ["/web"], Cmd: ["--serve"] };
const { signal } = new AbortController();

/** Who moto says one is: `AWS`, with the password `123456789012-auth-token`. */
const MOTO_USER = "AWS:$2y$05$abcdefghijklmnopqrstuu/4ofrUS75HrKu6f.iuRo0I/XlrmpqlC\n";

async function running(access: RegistryAccess): Promise<RunningRegistry> {
  const started = await startRegistry(access);
  if (started.kind === "unavailable") throw new Error(started.reason);
  return started;
}

/** A registry of a cloud has a name of the cloud's; what is asked of it goes to one on this machine. */
function ledTo(host: string): RegistryClient {
  const client = createRegistryClient({ insecure: ["127.0.0.1"] });
  return {
    ...client,
    manifest: async (repository, ...rest) => client.manifest({ ...repository, registry: host }, ...rest),
    blob: async (repository, ...rest) => client.blob({ ...repository, registry: host }, ...rest),
  };
}

async function told(host: string, image: string, source: RegistryLoginSource): Promise<unknown> {
  const images = createImageCommands({ client: ledTo(host), loginSources: [source] });
  return images.commandOf(image, POD, [], signal).catch(({ message }: Error) => message);
}

const aws = await startAws();
if (aws.kind === "unavailable") process.stderr.write(`\nSKIPPED: Amazon ECR: ${aws.reason}\n\n`);

let tokens: CloudTokens;
let byToken: RunningRegistry;
beforeAll(async () => {
  const now = Date.now();
  const root = await issueRoot("registry", DAY, now);
  const leaf = await issueLeaf(root, { names: ["tokens"], lifetimeMs: DAY, now });
  tokens = await startCloudTokens(leaf);
  byToken = await running({
    token: {
      realm: `${tokens.origin}/oauth2/token`,
      service: "registry",
      issuer: TOKEN_ISSUER,
      roots: root.cert,
    },
  });
  await pushImage(
    byToken.host,
    "acme/web",
    "1",
    COMMAND,
    `Bearer ${tokens.registryToken("registry", "acme/web")}`,
  );
});
afterAll(async () => {
  await byToken?.stop();
  await tokens?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  vi.unstubAllEnvs();
  Object.assign(tokens, { fault: undefined, lifetimeSeconds: 3_600 });
});

const asked = (path: string): number => tokens.asked.filter((one) => one.endsWith(path)).length;

describe.skipIf(aws.kind === "unavailable")("an image in Amazon ECR", () => {
  const IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/web:1";
  const server = aws as RunningServer;
  let byUser: RunningRegistry;
  beforeAll(async () => {
    byUser = await running({ htpasswd: REGISTRY_USER.htpasswd + MOTO_USER });
    await pushImage(byUser.host, "acme/web", "1", COMMAND);
  });
  afterAll(async () => {
    await byUser?.stop();
    await server.stop();
  });
  beforeEach(() => {
    vi.stubEnv("AWS_ENDPOINT_URL", server.address);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  });

  it("is read with the token that AWS gives, and not without", async () => {
    expect(await told(byUser.host, IMAGE, { loginFor: async () => undefined })).toContain("without a login");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary");
    expect(await told(byUser.host, IMAGE, ecrLogins())).toEqual({ entrypoint: ["/web"], cmd: ["--serve"] });
  });

  it("is read by a role that is assumed with the service account's token", async () => {
    vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pull");
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", new URL("service-account-token", import.meta.url).pathname);
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await told(byUser.host, IMAGE, ecrLogins())).toMatchObject({ entrypoint: ["/web"] });
  });

  it("is denied with what AWS did not give, and what to do", async () => {
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    const message = await told(byUser.host, IMAGE, ecrLogins());
    expect(message).toContain(
      "AWS gives no login for its registries in eu-west-1 (CredentialsProviderError)",
    );
    expect(message).toContain("ecr:GetAuthorizationToken");
  });
});

describe("an image in Azure Container Registry", () => {
  const IMAGE = "acmeprod.azurecr.io/acme/web:1";
  const source = (): RegistryLoginSource => acrLogins({ origin: () => tokens.origin });
  beforeEach(() => {
    vi.stubEnv("IDENTITY_ENDPOINT", `${tokens.origin}/msi/token`);
    vi.stubEnv("IDENTITY_HEADER", "header");
  });

  it("is read with a token that the registry gives for that of a managed identity", async () => {
    expect(await told(byToken.host, IMAGE, source())).toEqual({ entrypoint: ["/web"], cmd: ["--serve"] });
  });

  it("is denied when the registry exchanges nothing", async () => {
    const acr = source();
    tokens.fault = 401;
    const login = await acr.loginFor("acmeprod.azurecr.io", signal);
    expect(login).toEqual({
      problem: expect.stringMatching(/^Azure gives no login for acmeprod\.azurecr\.io \(\w+\)$/) as string,
      remedy: expect.stringContaining("AcrPull") as string,
    });
    // And nothing is asked again at once.
    tokens.fault = undefined;
    const before = tokens.asked.length;
    expect(await acr.loginFor("acmeprod.azurecr.io", signal)).toEqual(login);
    expect(tokens.asked.length).toBe(before);
    const message = await told(byToken.host, IMAGE, acr);
    expect(message).toContain(
      "refuses acme/web without a login; Azure gives no login for acmeprod.azurecr.io",
    );
  });
});

describe("an image in Google's registries", () => {
  const IMAGE = "europe-west1-docker.pkg.dev/acme/web:1";
  const source = (): RegistryLoginSource => gcrLogins({ metadataHost: new URL(tokens.origin).host });

  it("is read with the token of the metadata server", async () => {
    expect(await told(byToken.host, IMAGE, source())).toEqual({ entrypoint: ["/web"], cmd: ["--serve"] });
  });

  it("takes one token for many images, and another shortly before it ends", async () => {
    const google = source();
    const login = async (host: string): Promise<unknown> => google.loginFor(host, signal);
    const before = asked("/token");
    expect(await Promise.all(["gcr.io", "eu.gcr.io", "gcr.io"].map(login))).toHaveLength(3);
    await login("us-docker.pkg.dev");
    expect(asked("/token") - before).toBe(1);
    tokens.lifetimeSeconds = 0;
    const short = source();
    await short.loginFor("gcr.io", signal);
    await short.loginFor("gcr.io", signal);
    expect(asked("/token") - before).toBe(3);
  });

  it.each<[CloudTokens["fault"], string]>([
    [403, "Http403"],
    ["silent", "no answer within 3 seconds"],
  ])("is denied within bounded time when the metadata server answers %s", async (fault, why) => {
    tokens.fault = fault;
    const problem = await source().loginFor("gcr.io", signal);
    expect(problem).toEqual({
      problem: expect.stringContaining("Google Cloud gives no login") as string,
      remedy: expect.stringContaining("roles/artifactregistry.reader") as string,
    });
    expect(JSON.stringify(problem)).toContain(why);
  });

  it("does not believe a server that is not Google's", async () => {
    const stranger = gcrLogins({ metadataHost: byToken.host });
    expect(JSON.stringify(await stranger.loginFor("gcr.io", signal))).toContain("UnknownServer");
  });

  it("waits no longer than who asks", async () => {
    tokens.fault = "silent";
    const asking = new AbortController();
    const login = source().loginFor("gcr.io", asking.signal);
    asking.abort(new Error("enough"));
    await expect(login).rejects.toThrow("enough");
  });
});
