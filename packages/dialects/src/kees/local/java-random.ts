const MULTIPLIER = 0x5_de_ec_e6_6dn;
const INCREMENT = 0xbn;
const MASK = (1n << 48n) - 1n;

/** `String.hashCode` of Java: over UTF-16 code units, in 32 bits that wrap around. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash;
}

/**
 * `java.util.Random` of Java, whose documentation fixes every bit it gives. Nobody may take it for a source of
 * secrets: local mode wants the same values everywhere.
 */
export class JavaRandom {
  #state: bigint;

  /** @param seed - A 32-bit number; Java widens it with its sign. */
  constructor(seed: number) {
    this.#state = (BigInt(seed) ^ MULTIPLIER) & MASK;
  }

  /** `nextBytes` of an array of this length. */
  bytes(length: number): Uint8Array {
    const result = new Uint8Array(length);
    for (let index = 0; index < length; index += 4) {
      const word = this.#next();
      for (let at = index; at < Math.min(index + 4, length); at++) result[at] = word >> (8 * (at - index));
    }
    return result;
  }

  #next(): number {
    this.#state = (this.#state * MULTIPLIER + INCREMENT) & MASK;
    return Number(BigInt.asIntN(32, this.#state >> 16n));
  }
}
