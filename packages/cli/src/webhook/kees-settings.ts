import { KEES_DOMAIN } from "@sluice/dialects";
import type { KeesImages } from "@sluice/webhook";
import type { SettingsFile } from "./settings-file.js";

/** What pods written for kees mean; see docs/dialects/kees.md. */
export interface KeesMeaning extends KeesImages {
  /** Domain of annotations. */
  readonly domain: string;
  /** Store that kees' paths are in. */
  readonly store: string;
}

/** Where the parameters of kees are if nothing says another. */
const STORE = "aws-ssm";

/** The init container of kees' first release, which read Parameter Store. That of later ones read DynamoDB. */
const FIRST_RELEASE = "bsycorp/kees/init";

/**
 * @param writer - Our image; where it is known it takes the place of kees' by itself
 * @param isRead - Whether the notation is read at all
 */
export function keesSettings(
  { kees = {} }: Pick<SettingsFile, "kees">,
  writer: string | undefined,
  isRead: boolean,
): KeesMeaning {
  const images = kees.images ?? (writer === undefined ? {} : { [FIRST_RELEASE]: writer });
  return {
    domain: kees.domain ?? KEES_DOMAIN,
    store: kees.store ?? STORE,
    images: isRead ? images : {},
  };
}
