import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Broker,
  type BrokerOptions,
  createBroker,
  type RunningBroker,
  serveBroker,
  type ServeOptions,
} from "@sluice/broker";
import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { createEventBus } from "@sluice/core";
import { KubernetesClient, type Pod } from "@sluice/kubernetes";
import {
  type StoreCatalogue,
  watchStores,
  watchStoresFile,
  type WatchStoresOptions,
} from "@sluice/kubernetes/stores";
import {
  askSource,
  type EnvironmentAnswer,
  type EnvironmentRequest,
  parseSourceAddress,
  ProblemError,
} from "@sluice/protocol";
import { createLog } from "@sluice/service";
import { stringify } from "yaml";
import { createAuthority, type TestAuthority } from "../../servers/faults/test-authority.js";
import { kubeconfigText } from "../../servers/kubernetes-kubeconfig.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { createNamespace, installBrokerAccount } from "./broker-access.js";
import { containerToken, requestOf } from "./test-pods.js";

export const SERVER_NAME = "sluice-broker.sluice-system.svc";

export interface StartOptions extends Partial<
  Pick<
    BrokerOptions,
    "onReplay" | "rate" | "badTokens" | "mostInFlight" | "timeoutMs" | "providers" | "podPollMs"
  >
> {
  readonly watch?: WatchStoresOptions;
  /** Stores of a file; those of the cluster by default. */
  readonly stores?: Readonly<Record<string, object>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: ServeOptions["limits"];
  /** A free one by default. */
  readonly port?: number;
}

/** A broker at work, and everything it ever said. */
export interface StartedBroker {
  readonly broker: Broker;
  readonly running: RunningBroker;
  readonly catalogue: StoreCatalogue;
  stop(): Promise<void>;
}

export type AuditLine = Readonly<Record<string, unknown>>;

/** A cluster with a broker's account in it, and what a test has made there. */
export class BrokerWorld {
  /** What no line, event, metric or message may ever hold. */
  readonly toxic: Set<string> = new Set(["CANARY-9f31"]);
  /** Everything that brokers told anybody but the launcher they answered. */
  readonly told: string[] = [];
  readonly admin: KubernetesClient;
  #namespaces = 0;

  private constructor(
    readonly folder: string,
    readonly brokerConfig: string,
    readonly authority: TestAuthority,
    cluster: RunningKubernetes,
  ) {
    this.admin = new KubernetesClient({ kubeconfig: cluster.kubeconfig, environment: {} });
  }

  static async open(cluster: RunningKubernetes): Promise<BrokerWorld> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-broker-"));
    const config = join(folder, "kubeconfig");
    const authority = await createAuthority("Broker authority");
    const world = new BrokerWorld(folder, config, authority, cluster);
    const token = await installBrokerAccount(world.admin);
    world.toxic.add(token);
    const { address: server, caCert } = cluster;
    await writeFile(config, kubeconfigText({ server, caCert, tokens: { broker: token } }), { mode: 0o600 });
    await world.writeCertificate();
    return world;
  }

  async writeCertificate(): Promise<void> {
    const { cert, key } = await this.authority.issue({ names: [SERVER_NAME] });
    await writeFile(join(this.folder, "tls.crt"), cert);
    await writeFile(join(this.folder, "tls.key"), key, { mode: 0o600 });
  }

  /** Writes a file beside the broker's, such as the secrets of a file store. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  async writeStores(stores: Readonly<Record<string, object>>): Promise<string> {
    return this.write("stores.yaml", stringify({ stores }));
  }

  async start({
    stores,
    limits,
    watch,
    port = 0,
    environment = {},
    ...options
  }: StartOptions = {}): Promise<StartedBroker> {
    const client = new KubernetesClient({ kubeconfig: this.brokerConfig, environment: {} });
    const catalogue =
      stores === undefined
        ? watchStores(client, watch)
        : await watchStoresFile(await this.writeStores(stores));
    const events = createEventBus();
    events.onAny((name, event) => this.told.push(JSON.stringify({ name, event })));
    const broker = createBroker({
      client,
      catalogue,
      events,
      environment,
      providers: BUILT_IN_PROVIDERS,
      baseDirectory: this.folder,
      ...options,
    });
    await catalogue.ready(AbortSignal.timeout(30_000));
    const running = await serveBroker({
      broker,
      address: { host: "127.0.0.1", port },
      management: { host: "127.0.0.1", port: 0 },
      tls: { cert: join(this.folder, "tls.crt"), key: join(this.folder, "tls.key") },
      log: createLog("broker", { write: (line) => void this.told.push(line) }, "debug"),
      tlsPollMs: 200,
      ...(limits !== undefined && { limits }),
    });
    const stop = async (): Promise<void> => {
      await this.metrics(running);
      await running.stop();
      catalogue[Symbol.dispose]();
      client[Symbol.dispose]();
    };
    return { broker, running, catalogue, stop };
  }

  /** Asks as the launcher in a container would; what it is refused for is thrown. */
  async ask(
    { running }: StartedBroker,
    pod: Pod,
    container: string,
    request: Partial<EnvironmentRequest> & { readonly token?: string } = {},
  ): Promise<EnvironmentAnswer> {
    const { token = await containerToken(this.admin, pod, container), ...changed } = request;
    this.toxic.add(token);
    for (const other of Object.values(changed.tokens ?? {})) this.toxic.add(other);
    return askSource({
      address: parseSourceAddress(`https://${running.address}`),
      trust: { serverName: SERVER_NAME, roots: this.authority.ca },
      token,
      request: { ...requestOf(pod, container), ...changed },
    });
  }

  /** Why it refuses: status, reason, and the whole problem. */
  async refused(...asked: Parameters<BrokerWorld["ask"]>): Promise<ProblemError> {
    try {
      await this.ask(...asked);
    } catch (thrown) {
      if (!ProblemError.isInstance(thrown)) throw thrown;
      this.told.push(JSON.stringify(thrown.detail));
      return thrown;
    }
    throw new Error("The environment was given");
  }

  async metrics({ management }: RunningBroker): Promise<string> {
    const text = await (await fetch(`http://${management}/metrics`)).text();
    this.told.push(text);
    return text;
  }

  /** Lines of the audit, in their order. */
  audit(): AuditLine[] {
    return this.told
      .filter((line) => line.startsWith('{"level"'))
      .map((line) => JSON.parse(line) as AuditLine)
      .filter(({ audit }) => audit === true);
  }

  async newNamespace(): Promise<string> {
    this.#namespaces += 1;
    const name = `n-${this.#namespaces}`;
    await createNamespace(this.admin, name);
    for (const account of ["web", "other"])
      await this.admin.call(
        {
          method: "POST",
          path: `/api/v1/namespaces/${name}/serviceaccounts`,
          body: { metadata: { name: account } },
        },
        { signal: AbortSignal.timeout(10_000) },
      );
    return name;
  }

  /** A value that nothing may tell. */
  secret(name: string): string {
    const value = `VALUE-${name}-4be1`;
    this.toxic.add(value);
    return value;
  }

  /** How often brokers have asked a store so far. */
  providerCalls(): number {
    return this.told.filter((text) => text.includes('"name":"provider-called"')).length;
  }

  /** What was told and must not have been. */
  leaks(): string[] {
    const forms = Array.from(this.toxic).flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
    ]);
    return this.told.filter((text) => forms.some((form) => text.includes(form)));
  }

  async close(): Promise<void> {
    this.admin[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
