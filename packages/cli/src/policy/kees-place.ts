import { KEES_DOMAIN } from "@sluice/dialects";
import type { DialectSettings } from "@sluice/webhook/offline";

/** What pods written for kees mean; see docs/dialects/kees.md. */
export interface KeesPlace {
  /** Domain of annotations. */
  readonly domain: string;
  /** Store that kees' paths are in. */
  readonly store: string;
}

/** Where the parameters of kees are if nothing says another. */
const STORE = "aws-ssm";

export function keesPlace({ file: { kees = {} } }: Pick<DialectSettings, "file">): KeesPlace {
  return { domain: kees.domain ?? KEES_DOMAIN, store: kees.store ?? STORE };
}
