import { randomUUID } from "node:crypto";
import { type Answer, type Asked, give } from "./answer.js";

/** The client secret that the stand-in takes. */
export const CLIENT_SECRET = "stand-in-client-secret";

/** The token that everything is allowed with, for writing without the provider. */
export const ROOT_TOKEN = "stand-in-root";

/** Stands in for Microsoft Entra: hands out tokens for a client secret, or for a workload's own token. */
export class LoginService {
  readonly #subjects = new Map<string, string>([[ROOT_TOKEN, "root"]]);
  readonly #address: string;
  /** Tokens asked for so far. */
  logins = 0;

  constructor(address: string) {
    this.#address = address;
  }

  /** Who a request is from; `undefined` if it has no token of ours. */
  subjectOf({ authorization = "" }: Asked): string | undefined {
    return this.#subjects.get(authorization.replace(/^Bearer /, ""));
  }

  answer({ path, body }: Asked): Answer | undefined {
    const tenant = `${this.#address}/stand-in`;
    if (path === "/stand-in/v2.0/.well-known/openid-configuration")
      return give({
        issuer: `${tenant}/v2.0`,
        authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
        token_endpoint: `${tenant}/oauth2/v2.0/token`,
        jwks_uri: `${tenant}/discovery/v2.0/keys`,
      });
    if (path === "/stand-in/oauth2/v2.0/token") return this.#token(new URLSearchParams(body));
    return undefined;
  }

  #token(form: URLSearchParams): Answer {
    this.logins++;
    // A workload proves itself by what the tests' identities give: `workload:NAME`.
    const assertion = form.get("client_assertion");
    const subject = assertion ?? (form.get("client_secret") === CLIENT_SECRET ? "application" : undefined);
    if (subject === undefined)
      return {
        status: 401,
        body: { error: "invalid_client", error_description: `AADSTS7000215: ${form.get("client_secret")}` },
      };
    const token = randomUUID();
    this.#subjects.set(token, subject);
    return give({ token_type: "Bearer", expires_in: 3600, ext_expires_in: 3600, access_token: token });
  }
}
