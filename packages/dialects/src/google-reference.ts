import { formatReference } from "@sluice/core";
import type { VariableReading } from "@sluice/core/dialect";

const PREFIX = "gcp:secretmanager:";
const SECRET = /^(projects\/[^/\s]+\/secrets\/[\w-]+)(?:\/versions\/(\w+))?$/;

/**
 * Reads `gcp:secretmanager:projects/P/secrets/S[/versions/V]` as a whole; `undefined` for anything else.
 *
 * @param store - Store of a provider for it. There is none among ours, so without one it is refused.
 */
export function googleReading(
  variable: string,
  text: string,
  store: string | undefined,
): VariableReading | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  if (store === undefined)
    return {
      problem: `Variable ${variable} names a secret of Google Secret Manager, for which there is no provider`,
      remedy: "Install a provider for it, and name its store in the dialect's options (google)",
    };
  const [, path, version] = SECRET.exec(text.slice(PREFIX.length)) ?? [];
  if (path === undefined)
    return {
      problem: `Variable ${variable} names no secret that Google Secret Manager can hold`,
      remedy: `Write ${PREFIX}projects/PROJECT/secrets/NAME, and /versions/VERSION behind it for one of them`,
    };
  const isLatest = version === undefined || version === "latest";
  return { text: formatReference({ store, path, ...(!isLatest && { version }) }) };
}
