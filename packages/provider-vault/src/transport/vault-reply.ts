/** What Vault is asked. */
export interface VaultRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Encoded, without a slash in front and `v1`: `secret/data/app%20one`. */
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
  /** Asked of the server as a whole, whatever the store's namespace: OpenBao refuses it within one. */
  readonly ofServer?: true;
  /** Goes over a new connection, made with what the files of the client certificate hold by now. */
  readonly newConnection?: true;
  readonly signal: AbortSignal;
}

/** What Vault answers. Holds values: never printed, never part of an error. */
export interface VaultReply {
  readonly status: number;
  /** Absent where the answer is no JSON object. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

/** Asks once. Rejects with a `Refusal` when there is no answer, and with the signal's reason. */
export type VaultCall = (request: VaultRequest) => Promise<VaultReply>;

/** A part of an answer that is an object; `undefined` if it is something else. */
export function objectIn(holder: object | undefined, key: string): Record<string, unknown> | undefined {
  const part: unknown = holder === undefined ? undefined : Reflect.get(holder, key);
  return typeof part === "object" && part !== null && !Array.isArray(part)
    ? (part as Record<string, unknown>)
    : undefined;
}

/** A part of an answer that is a text with something in it. */
export function textIn(holder: object | undefined, key: string): string | undefined {
  const part: unknown = holder === undefined ? undefined : Reflect.get(holder, key);
  return typeof part === "string" && part !== "" ? part : undefined;
}

/** A part of an answer that is a number. */
export function numberIn(holder: object | undefined, key: string): number | undefined {
  const part: unknown = holder === undefined ? undefined : Reflect.get(holder, key);
  return typeof part === "number" ? part : undefined;
}

/** A part of an answer that is a time, in milliseconds since the epoch. */
export function timeIn(holder: object | undefined, key: string): number | undefined {
  const time = Date.parse(textIn(holder, key) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
