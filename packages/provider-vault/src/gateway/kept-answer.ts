import { type GatewayAnswer, type GatewayRequest, parseJsonExactly, SecretValue } from "@sluice/core";
import { numberIn, objectIn, textIn } from "../transport/vault-reply.js";
import { servedPath } from "./served-path.js";

/** An answer is not given again when this part of its lease is over: who got it then could do little with it. */
const SPENT_AT = 0.9;

/** An answer that issued something, and what was issued. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: GatewayAnswer["headers"];
  readonly body: SecretValue;
  /** When it came, and when its lease ends, in milliseconds since the epoch. */
  readonly at: number;
  readonly endsAt: number;
  /** The lease that it has, or the token that it brought. */
  readonly lease?: string;
  readonly token?: { readonly text: SecretValue; readonly accessor?: string; readonly isOrphan: boolean };
}

/** Whether the answer to a request could be kept at all. What the server tells of itself, and of tokens, is asked each time. */
export function mayBeKept({ method, path, headers }: GatewayRequest): boolean {
  const served = servedPath(path);
  return (
    served !== undefined &&
    /^(?:GET|POST|PUT)$/.test(method) &&
    !/\/sys\//i.test(served) &&
    !/\/auth\/token\/(?!create)/i.test(served) &&
    !Object.entries(headers).some(
      ([name, value]) =>
        /^x-vault-wrap-ttl$/i.test(name) ||
        (/^cache-control$/i.test(name) && /no-cache|no-store/i.test(value)),
    )
  );
}

/**
 * What an answer issued, if it issued something that can be given again: a lease, or a token, that can be renewed, with
 * an end, and without a bound to how often it is used.
 *
 * Source of the rule: "Vault Agent caching", and what its agent does: it keeps neither key-value secrets nor what cannot be renewed.
 */
export function keptAnswer(
  { status, headers }: Pick<GatewayAnswer, "status" | "headers">,
  bytes: Uint8Array,
  now: number,
): KeptAnswer | undefined {
  if (status < 200 || status > 299 || headers["content-encoding"] !== undefined) return undefined;
  const body = parsed(bytes);
  if (body === undefined || objectIn(body, "wrap_info") !== undefined) return undefined;
  const kept = { status, headers, body: SecretValue.fromBytes(bytes), at: now };
  const lease = textIn(body, "lease_id");
  if (lease !== undefined) {
    const lastsMs = lifeOf(body);
    return lastsMs === undefined ? undefined : { ...kept, lease, endsAt: now + lastsMs };
  }
  const auth = objectIn(body, "auth");
  const [text, accessor] = [textIn(auth, "client_token"), textIn(auth, "accessor")];
  const lastsMs = lifeOf(auth);
  if (text === undefined || lastsMs === undefined || (numberIn(auth, "num_uses") ?? 0) !== 0)
    return undefined;
  const isOrphan = auth?.["orphan"] === true;
  const token = { text: SecretValue.fromText(text), isOrphan, ...(accessor !== undefined && { accessor }) };
  return { ...kept, token, endsAt: now + lastsMs };
}

/** Until when it is given again, in milliseconds since the epoch. */
export function spentAt({ at, endsAt }: Pick<KeptAnswer, "at" | "endsAt">): number {
  return at + (endsAt - at) * SPENT_AT;
}

/** The body once more, with the time that is left: who reads it plans by that. */
export function bodyAgain({ body, endsAt }: KeptAnswer, now: number): Uint8Array {
  const again = parsed(body.bytes()) ?? {};
  const left = Math.max(0, Math.floor((endsAt - now) / 1000));
  const holder = textIn(again, "lease_id") === undefined ? (objectIn(again, "auth") ?? again) : again;
  holder["lease_duration"] = left;
  return Buffer.from(`${JSON.stringify(again)}\n`);
}

function lifeOf(holder: Record<string, unknown> | undefined): number | undefined {
  const seconds = numberIn(holder, "lease_duration") ?? 0;
  return holder?.["renewable"] === true && seconds > 0 ? seconds * 1000 : undefined;
}

function parsed(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const read = parseJsonExactly(Buffer.from(bytes).toString("utf8"));
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    // Its message would quote the answer.
    return undefined;
  }
}
