import { randomUUID, sign, X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { IssuedCertificate } from "@sluice/webhook";

/** Where a registry is told to look for tokens, and who signs them. */
export const TOKEN_ISSUER = "cloud-tokens";

/** What is in the tokens of a cloud, for a registry to recognise. */
const CLOUD_TOKENS = { google: "google-access-token", entra: "entra-access-token" };

/** Services of clouds that have to do with logins for registries, as they document them. */
export interface CloudTokens extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** How long the tokens of a cloud last, in seconds; 3,600 at first. */
  lifetimeSeconds: number;
  /** When set, this status is the answer to everything, or no answer at all. */
  fault: number | "silent" | undefined;
  /** A token that a registry which believes this service takes, for all of a repository. */
  registryToken(service: string, repository: string): string;
}

/**
 * A server of ours that speaks, of what is documented:
 *
 * - Google's metadata server: the token of the default service account.
 * - Azure's managed identity as App Service has it (`IDENTITY_ENDPOINT`).
 * - Azure Container Registry: the exchange of an Entra token for a refresh token, and of that for an access token.
 * - Docker's token service, for whoever comes with one of their logins.
 */
export async function startCloudTokens(signer: IssuedCertificate): Promise<CloudTokens> {
  const asked: string[] = [];
  const refreshTokens = new Set<string>();
  const cloud = { lifetimeSeconds: 3_600, fault: undefined as number | "silent" | undefined };
  const seconds = (): number => Math.floor(Date.now() / 1000);

  function registryToken(service: string, repository: string): string {
    const x5c = [new X509Certificate(signer.cert).raw.toString("base64")];
    const now = seconds();
    const claims = {
      iss: TOKEN_ISSUER,
      sub: "test",
      aud: service,
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
      access: [{ type: "repository", name: repository, actions: ["pull", "push"] }],
    };
    return jwt({ alg: "ES256", typ: "JWT", x5c }, claims, signer.key);
  }

  function google(request: IncomingMessage): Answer {
    if (request.headers["metadata-flavor"] !== "Google") return [403, {}];
    return [
      200,
      { access_token: CLOUD_TOKENS.google, expires_in: cloud.lifetimeSeconds, token_type: "Bearer" },
      { "metadata-flavor": "Google" },
    ];
  }

  function managedIdentity(request: IncomingMessage, query: URLSearchParams): Answer {
    if (request.headers["x-identity-header"] !== "header") return [401, {}];
    const resource = query.get("resource");
    return [
      200,
      {
        access_token: `${CLOUD_TOKENS.entra} for ${resource}`,
        expires_on: String(seconds() + cloud.lifetimeSeconds),
        resource,
        token_type: "Bearer",
      },
    ];
  }

  function exchange(form: URLSearchParams): Answer {
    const isKnown =
      form.get("grant_type") === "access_token" &&
      form.get("access_token") === `${CLOUD_TOKENS.entra} for https://containerregistry.azure.net`;
    if (!isKnown) return [401, { errors: [{ code: "UNAUTHORIZED" }] }];
    const claims = { aud: form.get("service"), exp: seconds() + cloud.lifetimeSeconds, jti: randomUUID() };
    const token = jwt({ alg: "ES256", typ: "JWT" }, claims, signer.key);
    refreshTokens.add(token);
    return [200, { refresh_token: token }];
  }

  function registryAccess(request: IncomingMessage, query: URLSearchParams): Answer {
    const login = Buffer.from(
      request.headers.authorization?.replace(/^Basic /, "") ?? "",
      "base64",
    ).toString();
    const [user = "", password = ""] = login.split(/:(.*)/s);
    const isKnown =
      (user === "oauth2accesstoken" && password === CLOUD_TOKENS.google) ||
      (user === "00000000-0000-0000-0000-000000000000" && refreshTokens.has(password));
    if (!isKnown) return [401, {}];
    const repository = /^repository:([^:]+):/.exec(query.get("scope") ?? "")?.[1] ?? "";
    return [200, { access_token: registryToken(query.get("service") ?? "", repository) }];
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    asked.push(pathname);
    if (typeof cloud.fault === "number") return [cloud.fault, {}, { "metadata-flavor": "Google" }];
    switch (`${request.method} ${pathname}`) {
      case "GET /computeMetadata/v1/instance/service-accounts/default/token":
        return google(request);
      case "GET /msi/token":
        return managedIdentity(request, searchParams);
      case "POST /oauth2/exchange":
        return exchange(new URLSearchParams(await text(request)));
      case "GET /oauth2/token":
        return registryAccess(request, searchParams);
      default:
        return [404, {}];
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, body, headers = {}] = await answer(request);
    if (cloud.fault === "silent") return;
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(cloud, {
    origin,
    asked,
    registryToken,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

type Answer = readonly [status: number, body: object, headers?: Readonly<Record<string, string>>];

function jwt(header: object, claims: object, key: string): string {
  const body = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(body), { key, dsaEncoding: "ieee-p1363" });
  return `${body}.${signature.toString("base64url")}`;
}
