import type { KeesImages } from "../strategies/kees-images.js";
import type { SettingsFile } from "./settings-file.js";

/** The init container of kees' first release, which read Parameter Store. That of later ones read DynamoDB. */
const FIRST_RELEASE = "bsycorp/kees/init";

/**
 * Whose place is taken by what; see docs/dialects/kees.md.
 *
 * @param writer - Our image; where it is known it takes the place of kees' by itself
 * @param isRead - Whether the notation is read at all
 */
export function keesImages(
  { kees = {} }: Pick<SettingsFile, "kees">,
  writer: string | undefined,
  isRead: boolean,
): KeesImages {
  const images = kees.images ?? (writer === undefined ? {} : { [FIRST_RELEASE]: writer });
  return { images: isRead ? images : {} };
}
