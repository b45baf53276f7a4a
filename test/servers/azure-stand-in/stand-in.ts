import { type Answer, type Asked, refuse } from "./answer.js";
import { answerCertificates } from "./certificate-routes.js";
import { answerKeys } from "./key-routes.js";
import { answerList } from "./list-routes.js";
import { LoginService } from "./login-service.js";
import { ObjectStore } from "./object-store.js";
import { answerDeleted, answerSecrets } from "./secret-routes.js";

/** What a test has the server do instead of its work. */
export type Interception = (asked: Asked) => Answer | "hang" | undefined;

/** A vault and its login service, without the network. */
export class StandIn {
  readonly login: LoginService;
  /** Requests that were let in, logging in aside: `GET /secrets/NAME`. */
  readonly seen: string[] = [];
  /** Of whom a secret is the only one's, by name: others are refused. */
  readonly owners = new Map<string, string>();
  intercept: Interception = () => undefined;
  /** Requests that wait for their answer. */
  underWay = 0;
  readonly #address: string;
  readonly #stores = {
    secrets: new ObjectStore(),
    certificates: new ObjectStore(),
    keys: new ObjectStore(),
  };

  constructor(address: string) {
    this.#address = address;
    this.login = new LoginService(address);
  }

  /** Counts a request until the function it returns is called. */
  begin({ path }: Asked): () => void {
    // Logging in is no call of the store.
    if (path.startsWith("/stand-in/")) return () => {};
    this.underWay++;
    return () => this.underWay--;
  }

  answer(asked: Asked): Answer | "hang" {
    const login = this.login.answer(asked);
    if (login) return login;
    const subject = this.login.subjectOf(asked);
    if (subject === undefined) return this.#challenge();
    if (subject !== "root") this.seen.push(`${asked.method} ${asked.path}`);
    const intercepted = subject === "root" ? undefined : this.intercept(asked);
    return intercepted ?? this.#route(asked, subject);
  }

  #route(asked: Asked, subject: string): Answer {
    const [, kind = "", name = "", version] = asked.path.replace(/\/$/, "").split("/");
    if (kind === "deletedsecrets") return answerDeleted(this.#stores.secrets, this.#address, asked, name);
    if (!isKind(kind)) return { status: 404 };
    if (name === "") return answerList(this.#stores[kind], this.#address, kind, asked);
    const owner = this.owners.get(name);
    if (owner !== undefined && subject !== "root" && subject !== owner)
      return refuse(403, "Forbidden", "AccessDenied");
    const address = this.#address;
    if (kind === "keys") return answerKeys(this.#stores.keys, address, asked, name, version);
    if (kind === "secrets") return answerSecrets(this.#stores.secrets, address, asked, name, version);
    return answerCertificates(this.#stores, address, asked, name, version);
  }

  #challenge(): Answer {
    const challenge = `Bearer authorization="${this.#address}/stand-in", resource="https://vault.azure.net"`;
    return { ...refuse(401, "Unauthorized"), headers: { "www-authenticate": challenge } };
  }
}

function isKind(kind: string): kind is "secrets" | "certificates" | "keys" {
  return ["secrets", "certificates", "keys"].includes(kind);
}
