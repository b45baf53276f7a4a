import { failureOfReply } from "../failure/failure-of-reply.js";
import { notUnwrapped } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { VaultCall, VaultReply } from "../transport/vault-reply.js";

/** With these the server says that it does not, or no longer, know a wrapping token. */
const REFUSED: ReadonlySet<number> = new Set([400, 403, 404]);

/** The response behind a wrapping token, which is used up by it. Rejects with a {@link Refusal}. */
export async function unwrap(call: VaultCall, token: string, signal: AbortSignal): Promise<VaultReply> {
  const reply = await call({ method: "POST", path: "sys/wrapping/unwrap", token, signal });
  if (reply.status === 200) return reply;
  throw new Refusal(
    reply.body !== undefined && REFUSED.has(reply.status) ? notUnwrapped() : failureOfReply(reply),
  );
}
