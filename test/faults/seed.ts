import { randomUUID } from "node:crypto";
import type { FaultSubject } from "./fault-subject.js";

/** A secret of a fault test. */
export interface Seed {
  readonly path: string;
  readonly text: string;
  readonly reference: `secret://faulty/${string}`;
}

/** So many secrets, not written yet. */
export function seedsOf({ path, field }: FaultSubject, count: number): readonly Seed[] {
  return Array.from({ length: count }, (_, at) => {
    const own = path(`secret-${at}`);
    const reference: Seed["reference"] = `secret://faulty/${own.replace(/^\//, "")}${field === undefined ? "" : `#${field}`}`;
    return { path: own, text: `value ${at} ${randomUUID()}`, reference };
  });
}
