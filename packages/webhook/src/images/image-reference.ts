/** An image as a container names it. */
export interface ImageReference {
  /** Host and port as people write it: `docker.io`, `ghcr.io`, `registry.local:5000`. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or a digest where there is one, which counts more. */
  readonly reference: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/;

/**
 * Reads an image name as container runtimes do: without a registry it is Docker Hub's, without a tag `latest`.
 * `undefined` where it is none. Source of the rule: the grammar of github.com/distribution/reference.
 */
export function parseImageReference(image: string): ImageReference | undefined {
  const [name, digest] = splitLast(image, "@");
  const slash = name.indexOf("/");
  const first = slash === -1 ? "" : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const rest = hasHost ? name.slice(slash + 1) : name;
  const [path, tag = "latest"] = splitLast(rest, ":");
  const registry = hasHost ? first : "docker.io";
  const isHub = registry === "docker.io" || registry === "index.docker.io";
  const repository = isHub && !path.includes("/") ? `library/${path}` : path;
  if (!HOST.test(registry) || !REPOSITORY.test(repository) || !TAG.test(tag)) return undefined;
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  return { registry: isHub ? "docker.io" : registry, repository, reference: digest ?? tag };
}

function splitLast(text: string, separator: string): [string, string?] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}
