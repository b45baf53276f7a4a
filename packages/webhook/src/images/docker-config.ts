/** A user and a password for a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** Logins of one Docker configuration, by what they are for. */
export interface RegistryLogins {
  /** Host, with a port and a path where they are narrower; `*` stands for a part of the host's name. */
  readonly pattern: string;
  readonly login: RegistryLogin;
}

/**
 * Reads `config.json` as Docker writes it, or the content of a Secret of type `kubernetes.io/dockerconfigjson` or
 * `kubernetes.io/dockercfg`. What is not an entry of that form is left out; nothing of it is ever quoted.
 */
export function parseDockerConfig(text: string): RegistryLogins[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return [];
  }
  const { auths = config } = membersOf(config);
  return Object.entries(membersOf(auths)).flatMap(([pattern, entry]) => {
    const login = loginIn(membersOf(entry));
    return login === undefined ? [] : [{ pattern: withoutScheme(pattern), login }];
  });
}

/**
 * Logins that fit an image, the most exact pattern first, as the kubelet matches them.
 *
 * Source of the rule: pkg/credentialprovider/keyring.go in k8s.io/kubernetes.
 */
export function loginsFor(
  logins: readonly RegistryLogins[],
  registry: string,
  repository: string,
): RegistryLogin[] {
  return logins
    .filter(({ pattern }) => fits(pattern, registry, repository))
    .sort((one, other) => other.pattern.length - one.pattern.length)
    .map(({ login }) => login);
}

function fits(pattern: string, registry: string, repository: string): boolean {
  const slash = pattern.indexOf("/");
  const host = slash === -1 ? pattern : pattern.slice(0, slash);
  const path = slash === -1 ? "" : pattern.slice(slash + 1).replace(/\/+$/, "");
  // Docker writes the path of an API after the host of its hub, and others do as it does.
  const inPath =
    path === "" || /^v[12]$/.test(path) || repository === path || repository.startsWith(`${path}/`);
  return inPath && hostFits(host, registry);
}

const HUB = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

function hostFits(pattern: string, registry: string): boolean {
  if (HUB.has(registry) && HUB.has(pattern)) return true;
  const [patternName = "", patternPort] = pattern.split(":");
  const [name = "", port] = registry.split(":");
  const [parts, wanted] = [name.split("."), patternName.split(".")];
  return (
    patternPort === port &&
    parts.length === wanted.length &&
    wanted.every((part, index) => part === "*" || globFits(part, parts[index] ?? ""))
  );
}

/** `*` stands for any characters within one part of a name; there is one at most where it matters. */
function globFits(pattern: string, part: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === part;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return part.length >= before.length + after.length && part.startsWith(before) && part.endsWith(after);
}

function loginIn({ auth, username, password }: Readonly<Record<string, unknown>>): RegistryLogin | undefined {
  if (typeof username === "string" && typeof password === "string" && username !== "")
    return { username, password };
  if (typeof auth !== "string") return undefined;
  const [, user, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, "base64").toString()) ?? [];
  return user === undefined || secret === undefined
    ? undefined
    : { username: user, password: secret.replace(/\0+$/, "") };
}

function withoutScheme(pattern: string): string {
  return pattern.replace(/^https?:\/\//, "");
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
