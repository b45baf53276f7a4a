import { SharedFlight } from "../session/shared-flight.js";
import type { VaultCall, VaultReply } from "../transport/vault-reply.js";
import { unwrap } from "./unwrap.js";

/**
 * What a wrapping token wraps. It is unwrapped with the first use and kept, since it can be no second
 * time; another token is unwrapped anew.
 */
export class UnwrappedOnce<Content> {
  readonly #flight = new SharedFlight<Content>();
  #last: { readonly token: string; readonly content: Content } | undefined;

  /**
   * @param find gives the wrapping token there is at present
   * @param read takes the content out of the response; throws a `Refusal` if there is none
   */
  constructor(
    private readonly find: () => Promise<string>,
    private readonly read: (reply: VaultReply) => Content,
  ) {}

  /** Rejects with a `Refusal`, or with the signal's reason. */
  async content(call: VaultCall, signal: AbortSignal): Promise<Content> {
    return this.#flight.join("content", signal, async (shared) => {
      const token = await this.find();
      if (this.#last?.token !== token)
        this.#last = { token, content: this.read(await unwrap(call, token, shared)) };
      return this.#last.content;
    });
  }
}
