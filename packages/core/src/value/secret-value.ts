import { isUtf8 } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { SecretValueError } from "../errors/secret-value-error.js";

const MARKER = Symbol.for("sluice.secret-value");
const REDACTION = "[secret]";

// What `inspect.custom` is. Importing node:util opens stderr, which makes a pipe non-blocking for its other users.
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A secret's bytes behind a private field. Reading is explicit: {@link bytes}, {@link text},
 * {@link json}. Printing, inspecting, serialising, cloning or concatenating gives a redaction.
 */
export class SecretValue {
  readonly #bytes: Uint8Array;

  static {
    Object.defineProperty(this.prototype, INSPECT, { value: () => REDACTION });
  }

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Copies `bytes`, so that the caller may wipe its own. */
  static fromBytes(bytes: Uint8Array): SecretValue {
    return new SecretValue(Uint8Array.from(bytes));
  }

  /** `text` as UTF-8. */
  static fromText(text: string): SecretValue {
    return new SecretValue(new TextEncoder().encode(text));
  }

  /** Recognises a value of any copy of this package. */
  static isInstance(value: unknown): value is SecretValue {
    return typeof value === "object" && value !== null && Reflect.get(value, MARKER) === true;
  }

  /** Size in bytes. */
  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** A fresh copy of the bytes. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** The value as UTF-8 text, a byte-order mark included. Throws {@link SecretValueError} on other bytes. */
  text(): string {
    const text = this.textOrUndefined();
    if (text === undefined)
      throw new SecretValueError("The value is not UTF-8 text", "Read its bytes, or decode it another way");
    return text;
  }

  /** Like {@link text}; `undefined` where that throws. */
  textOrUndefined(): string | undefined {
    if (!isUtf8(this.#bytes)) return undefined;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes);
  }

  /**
   * The value parsed as JSON. Throws {@link SecretValueError}; the parser's own message is dropped because
   * it quotes the text.
   */
  json(): unknown {
    const text = this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new SecretValueError("The value is not JSON", "Read it as text, or correct it in its store");
    }
  }

  /** Whether both hold the same bytes, compared in time that depends on their length only. */
  equals(other: SecretValue): boolean {
    const theirs = other.bytes();
    return theirs.byteLength === this.#bytes.byteLength && timingSafeEqual(this.#bytes, theirs);
  }

  toString(): string {
    return REDACTION;
  }

  toJSON(): string {
    return REDACTION;
  }

  [Symbol.toPrimitive](): string {
    return REDACTION;
  }

  get [Symbol.toStringTag](): string {
    return "SecretValue";
  }
}
