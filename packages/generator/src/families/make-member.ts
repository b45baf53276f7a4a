import { randomBytes, randomUUID } from "node:crypto";
import type { FamilySpec } from "./family-spec.js";
import { GPG_PASSWORD_LENGTH, makeGpgKey, publicOfGpgKey } from "./gpg-key.js";
import { makePrivateKey, publicOfPrivate } from "./key-pair.js";
import { makePassword } from "./make-password.js";
import { makeSshKey, publicOfSshKey } from "./ssh-key.js";

/** One member to be made. */
export interface MemberTask {
  readonly spec: FamilySpec;
  /** Which; of no meaning for a single value. */
  readonly field: string;
  /** The member it follows from, by {@link familySteps}. */
  readonly source?: Uint8Array;
}

/**
 * Makes one member of a family.
 *
 * @throws when the source is not what it ought to be; the error may quote it and is not to be shown
 */
export async function makeMember({ spec, field, source }: MemberTask): Promise<Uint8Array> {
  switch (spec.type) {
    case "rsa":
    case "ec":
    case "ed25519":
      return field === "private" ? makePrivateKey(spec) : publicOfPrivate(needed(source), spec.form);
    case "ssh":
      return field === "private" ? makeSshKey(spec.comment) : publicOfSshKey(needed(source));
    case "gpg":
      if (field === "password") return text(makePassword({ length: GPG_PASSWORD_LENGTH }));
      return field === "private" ? makeGpgKey(spec, needed(source)) : publicOfGpgKey(needed(source));
    case "random":
      return Uint8Array.from(randomBytes(spec.bytes));
    case "password":
      return text(makePassword(spec));
    case "uuid":
      return text(randomUUID());
  }
}

function needed(source: Uint8Array | undefined): Uint8Array {
  if (source === undefined) throw new TypeError("This member follows from another, which is missing");
  return source;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
