import { resolve } from "node:path";
import { identityKey, type DelegatedIdentity, type Identity, type ProviderDependencies } from "@sluice/core";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { namedError } from "../failure/named-error.js";
import type { AwsOptions } from "../options/aws-options.js";
import { ownCredentials, type CredentialSource } from "./credentials.js";
import { defined } from "./defined.js";
import { delegatedCredentials } from "./delegated-credentials.js";
import { openHttpHandler } from "./http-handler.js";
import { RecentlyUsed } from "./recently-used.js";
import { stsConfig } from "./sts-config.js";

/** What a client of the SDK is made with. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials: CredentialSource;
  /** The SDK does not retry: the resolver does. */
  readonly maxAttempts: 1;
  readonly requestHandler: NodeHttpHandler;
}

interface Entry<Client> {
  client: Promise<Client>;
  identity: Identity;
}

const MOST_CLIENTS = 100;

/**
 * The clients of one store, by identity and region: the 100 used last. All share the store's connections, each
 * call being signed for itself, so that a client that makes way leaves none behind.
 */
export class AwsClients<Client> {
  readonly #entries = new RecentlyUsed<Entry<Client>>(MOST_CLIENTS);
  readonly #options: AwsOptions;
  readonly #environment: ProviderDependencies["environment"];
  readonly #baseDirectory: string;
  readonly #create: (config: ClientConfig) => Promise<Client>;
  #handler: Promise<NodeHttpHandler> | undefined;

  constructor(
    options: AwsOptions,
    { environment, baseDirectory }: Pick<ProviderDependencies, "environment" | "baseDirectory">,
    create: (config: ClientConfig) => Promise<Client>,
  ) {
    this.#options = options;
    this.#environment = environment;
    this.#baseDirectory = baseDirectory;
    this.#create = create;
  }

  /** The client that acts as `identity`, in the store's own region when none is given. */
  async get(identity: Identity, region?: string): Promise<Client> {
    const key = `${region ?? ""} ${identityKey(identity)}`;
    const known = this.#entries.get(key);
    if (known) {
      known.identity = identity;
      return known.client;
    }
    const entry: Entry<Client> = { identity, client: this.#open(() => entry.identity, region) };
    this.#entries.set(key, entry);
    try {
      return await entry.client;
    } catch (error) {
      this.#entries.forget(key, entry);
      throw error;
    }
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    // One that could not be opened has told so to whoever asked.
    const handler = await this.#handler?.catch(() => undefined);
    handler?.destroy();
  }

  async #open(current: () => Identity, region: string | undefined): Promise<Client> {
    this.#handler ??= this.#openHandler();
    const requestHandler = await this.#handler;
    const { endpoint, region: own } = this.#options;
    const home = own ?? this.#environment["AWS_REGION"] ?? this.#environment["AWS_DEFAULT_REGION"];
    const sts = stsConfig(this.#options, home, requestHandler);
    const credentials =
      current().kind === "self"
        ? await ownCredentials(this.#options, this.#environment, sts)
        : this.#delegated(current as () => DelegatedIdentity, sts);
    const place = defined({ region: region ?? home, endpoint });
    return this.#create({ ...place, credentials, maxAttempts: 1, requestHandler });
  }

  async #openHandler(): Promise<NodeHttpHandler> {
    const { caFile } = this.#options;
    try {
      return await openHttpHandler(caFile === undefined ? undefined : resolve(this.#baseDirectory, caFile));
    } catch (error) {
      // The file may be there the next time.
      this.#handler = undefined;
      throw error;
    }
  }

  #delegated(current: () => DelegatedIdentity, sts: ReturnType<typeof stsConfig>): CredentialSource {
    const { delegation } = this.#options;
    if (!delegation)
      throw namedError("DelegationNotConfigured", "The store's `delegation` is not configured");
    return delegatedCredentials(delegation, current, sts);
  }
}
