import { createHash } from "node:crypto";

/** What names of containers and volumes may have. */
const MAX_NAME = 63;

/** A name of a prefix and a name; where that is too long, its end is a digest. */
export function shortName(prefix: string, name: string): string {
  const whole = `${prefix}${name}`;
  if (whole.length <= MAX_NAME) return whole;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${whole.slice(0, MAX_NAME - 9)}-${digest}`;
}
