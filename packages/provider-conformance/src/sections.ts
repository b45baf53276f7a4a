import type { Requirement } from "./requirement.js";
import { CHECKING } from "./requirements/checking.js";
import { DELEGATION } from "./requirements/delegation.js";
import { DESCRIPTOR } from "./requirements/descriptor.js";
import { DISPOSAL } from "./requirements/disposal.js";
import { FAILING } from "./requirements/failing.js";
import { LEASES } from "./requirements/leases.js";
import { LISTING } from "./requirements/listing.js";
import { READING } from "./requirements/reading.js";
import { SECRECY } from "./requirements/secrecy.js";
import { TIME } from "./requirements/time.js";
import { WATCHING } from "./requirements/watching.js";
import { WRITING } from "./requirements/writing.js";

/** A section of the specification. */
export interface Section {
  /** `2 Reading`. */
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** Everything the specification requires, in its order. */
export const SECTIONS: readonly Section[] = [
  { title: "1 The descriptor", requirements: DESCRIPTOR },
  { title: "2 Reading", requirements: READING },
  { title: "3 Failing", requirements: FAILING },
  { title: "4 Time", requirements: TIME },
  { title: "5 Secrecy", requirements: SECRECY },
  { title: "6 Listing", requirements: LISTING },
  { title: "7 Watching", requirements: WATCHING },
  { title: "8 Writing", requirements: WRITING },
  { title: "9 Leases", requirements: LEASES },
  { title: "10 Delegation", requirements: DELEGATION },
  { title: "11 Checking", requirements: CHECKING },
  { title: "12 Disposal", requirements: DISPOSAL },
];
