import type { ProviderDependencies } from "@sluice/core";
import { failureOfConnection } from "../failure/failure-of-connection.js";
import { Refusal } from "../failure/refusal.js";
import type { VaultOptions } from "../vault-options.js";
import { connectionOptions } from "./connection-options.js";
import { openAgent } from "./open-agent.js";
import { openNodeVault, type OpenedClient } from "./open-node-vault.js";
import type { VaultReply, VaultRequest } from "./vault-reply.js";

/** The way to one server. Loads its library and opens connections with the first call. */
export class VaultClient {
  #opened: Promise<OpenedClient> | undefined;

  constructor(
    private readonly options: VaultOptions,
    private readonly dependencies: ProviderDependencies,
  ) {}

  /** Asks once. Rejects with a {@link Refusal} when there is no answer, and with the signal's reason. */
  readonly call = async (request: VaultRequest): Promise<VaultReply> => {
    const { signal } = request;
    signal.throwIfAborted();
    const { address } = connectionOptions(this.options, this.dependencies.environment);
    if (request.newConnection) await this.#retire();
    const client = await this.#open();
    try {
      return await client.send(request);
    } catch (error) {
      // Where one connection gives no answer, those kept are as likely dead, and each would cost a whole try.
      closeIdle(client.agent);
      signal.throwIfAborted();
      throw new Refusal(failureOfConnection(error, address.host));
    }
  };

  /** Closes all connections. */
  async close(): Promise<void> {
    // One that never opened has nothing to close, and has told why.
    const [opened] = await Promise.allSettled([this.#opened]);
    if (opened.status === "fulfilled") opened.value?.agent.destroy();
  }

  // Calls under way end where they began; their connections are closed when they have been idle for long.
  async #retire(): Promise<void> {
    const [retired] = await Promise.allSettled([this.#opened]);
    this.#opened = undefined;
    if (retired.status === "fulfilled" && retired.value) closeIdle(retired.value.agent);
  }

  #open(): Promise<OpenedClient> {
    this.#opened ??= this.#connect().catch((error: unknown) => {
      // What is missing now, a certificate's file say, may be there at the next call.
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<OpenedClient> {
    const connection = connectionOptions(this.options, this.dependencies.environment);
    const agent = await openAgent(connection, this.dependencies.baseDirectory);
    return openNodeVault(connection, agent);
  }
}

/** Closes connections that nobody uses. */
function closeIdle({ freeSockets }: OpenedClient["agent"]): void {
  for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
}
