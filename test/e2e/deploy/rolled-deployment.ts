import { setTimeout as sleep } from "node:timers/promises";
import { type ReadyService, startReadyService } from "../webhook/ready-service.js";
import { type DeployedOptions, type DeployedProcess, startDeployed } from "./deployed-process.js";

/** A version of what a Deployment runs. */
export type Version = Pick<DeployedOptions, "manifests" | "args" | "bin">;

/** Until a Service has forgotten a pod that is deleted, in milliseconds: some of its probes. */
const FORGOTTEN_MS = 1_000;

/** Replicas of a Deployment behind its Service, replaced as Kubernetes replaces them. */
export class RolledDeployment implements AsyncDisposable {
  #replicas: DeployedProcess[] = [];
  #count = 0;
  readonly #ended: Promise<number | null>[] = [];

  private constructor(
    private readonly options: DeployedOptions,
    private readonly service: ReadyService,
  ) {}

  static async start(options: DeployedOptions, replicas: number): Promise<RolledDeployment> {
    const started = new RolledDeployment(options, await startReadyService());
    for (let replica = 0; replica < replicas; replica += 1) await started.#add(options);
    return started;
  }

  /** Where its Service is. */
  get port(): number {
    return this.service.port;
  }

  /** What it says, of all replicas that run. */
  get replicas(): readonly DeployedProcess[] {
    return this.#replicas;
  }

  /**
   * One after another: with `maxUnavailable: 0` the next one is ready before one is told to end. With a `preStop` that
   * sleeps, its Service has forgotten it before it is told.
   */
  async roll(version: Version, { preStop = false } = {}): Promise<void> {
    const before = this.#replicas;
    this.#replicas = [...before];
    for (const replica of before) {
      await this.#add(version);
      if (preStop) {
        this.service.endpoints.delete(replica);
        await sleep(FORGOTTEN_MS);
      }
      // It goes on answering for a while, as its pod is ending.
      this.#ended.push(replica.stop().finally(() => this.service.endpoints.delete(replica)));
      this.#replicas = this.#replicas.filter((each) => each !== replica);
    }
  }

  /** Exit codes of all that were replaced. */
  async ended(): Promise<(number | null)[]> {
    return Promise.all(this.#ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#replicas.map(async (replica) => replica.stop()));
    await this.ended();
    await this.service[Symbol.asyncDispose]();
  }

  async #add(version: Version): Promise<void> {
    this.#count += 1;
    const env = { ...this.options.env, POD_NAME: `${this.options.name}-${this.#count}` };
    const start = async (): Promise<DeployedProcess> => startDeployed({ ...this.options, ...version, env });
    // A container that ends before it is ready is started again, as where the API server was too slow for it.
    const started = await start().catch(start);
    this.#replicas.push(started);
    this.service.endpoints.add(started);
  }
}
