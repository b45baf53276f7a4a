/** Where the init container reads and writes. */
export interface KeesPaths {
  /** Annotations as the kubelet writes them. */
  readonly annotations: string;
  /** The lines of secrets; of everything where `resources` and `leases` are absent, as in kees' first release. */
  readonly secrets: string;
  readonly resources?: KeesFolder;
  readonly leases?: KeesFolder;
}

/** A file of lines, and the folder of a file for each. */
export interface KeesFolder {
  readonly file: string;
  readonly folder: string;
}

/** What the first release of kees mounts, and its later ones. */
const FIRST = { annotations: "/annotations/annotations", secrets: "/secret/secret" } as const;
const LATER = { annotations: "/podinfo/annotations", folder: "/bsycorp-init" } as const;

const OUTPUTS = [
  "SECRETS_FILE",
  "RESOURCES_FILE",
  "LEASES_FILE",
  "RESOURCES_FILE_PATH",
  "LEASES_FILE_PATH",
] as const;

/**
 * The paths of kees' later releases, each overridden by its variable. A pod for the first release is known by its
 * annotations, which are at a place of their own there, and by having none of those variables.
 *
 * @param isThere - Whether there is such a file
 */
export function keesPaths(
  environment: Readonly<Record<string, string | undefined>>,
  isThere: (path: string) => boolean,
): KeesPaths {
  const given = (name: string): string | undefined => environment[name] || undefined;
  const annotations =
    given("ANNOTATIONS_FILE") ?? (isThere(LATER.annotations) ? LATER.annotations : undefined);
  const isFirst = annotations === undefined && isThere(FIRST.annotations);
  if (isFirst && OUTPUTS.every((name) => given(name) === undefined)) return FIRST;
  const folderOf = (sort: "RESOURCES" | "LEASES"): KeesFolder => ({
    file: given(`${sort}_FILE`) ?? `${LATER.folder}/${sort.toLowerCase()}.properties`,
    folder: (given(`${sort}_FILE_PATH`) ?? LATER.folder).replace(/(?<=.)\/+$/, ""),
  });
  return {
    annotations: annotations ?? (isFirst ? FIRST.annotations : LATER.annotations),
    secrets: given("SECRETS_FILE") ?? `${LATER.folder}/secrets.properties`,
    resources: folderOf("RESOURCES"),
    leases: folderOf("LEASES"),
  };
}
