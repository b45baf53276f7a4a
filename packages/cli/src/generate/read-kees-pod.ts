import {
  type KeesAnnotations,
  keesFamilies,
  type KeesFamily,
  type KeesFamilyMember,
  type KeesLease,
  keesLeaseRange,
  readKeesAnnotations,
} from "@sluice/dialects";
import type { FamilySpec, ReadPod, Wanted, WantedEntry, WantedSecret } from "@sluice/generator";

/** Where what annotations ask for is. */
export interface KeesPlace {
  /** Name of a configured store; without one nothing is created for pods. */
  readonly store?: string;
  readonly domain?: string;
  /** For pods that name no prefix; `/` by default. */
  readonly storagePrefix?: string;
  /** Where the store holds named fields: the name of the one that has the value. */
  readonly key?: string;
}

const NOTHING: Wanted = { secrets: [], leases: [], problems: [] };

/**
 * Reads what pods ask for with the annotations of kees. As with kees nothing is created for a pod in a local mode,
 * nothing that is a `REFERENCE` or a resource, and values are written in Base64. A pod without a storage prefix is
 * given what its init container looks for: below the configured prefix, or `/`.
 */
export function keesPodReader(place: KeesPlace): ReadPod {
  return ({ annotations }) => {
    const read = readKeesAnnotations(annotations, place.domain === undefined ? {} : { domain: place.domain });
    return read.mode === "remote" ? wantedOf(read, place) : NOTHING;
  };
}

function wantedOf(read: KeesAnnotations, { store, storagePrefix = "/", key }: KeesPlace): Wanted {
  const { families, problems } = keesFamilies(read.parameters);
  const leases = read.parameters.filter((parameter): parameter is KeesLease => parameter.is === "lease");
  const prefix = read.hasStoragePrefix ? read.storagePrefix : storagePrefix;
  const told = [...read.problems, ...problems].map(({ problem, remedy }) => `${problem}. ${remedy}`);
  if (families.length + leases.length === 0) return { ...NOTHING, problems: told };
  if (store === undefined) return { ...NOTHING, problems: [...told, NO_STORE] };
  const specs = families.map((family) => [family, specOf(family)] as const);
  const keyed = key === undefined ? {} : { key };
  return {
    secrets: specs.flatMap(([family, spec]): WantedSecret[] =>
      spec === undefined
        ? []
        : [
            {
              name: family.bareName,
              store,
              spec,
              encoding: "base64",
              entries: entriesOf(family, prefix, key),
            },
          ],
    ),
    leases: leases.map((lease) => ({
      name: lease.name,
      store,
      prefix: keesLeaseRange(prefix, lease),
      ...keyed,
      rangeStart: lease.rangeStart,
      rangeEnd: lease.rangeEnd,
    })),
    problems: [...told, ...specs.filter(([, spec]) => spec === undefined).map(([family]) => badSize(family))],
  };
}

const BITS = [2048, 3072, 4096] as const;
const BITS_OF_A_BYTE = 8;

function specOf({ type, size, userId = "" }: KeesFamily): FamilySpec | undefined {
  const bits = BITS.find((each) => each === size);
  switch (type) {
    case "RSA":
      return bits && { type: "rsa", bits, form: "der" };
    case "GPG":
      return bits && { type: "gpg", bits, userId };
    case "RANDOM":
      return { type: "random", bytes: Math.floor(size / BITS_OF_A_BYTE) };
    case "PASSWORD":
      // As many characters as that many bits have bytes.
      return { type: "password", length: Math.floor(size / BITS_OF_A_BYTE) };
  }
}

function entriesOf({ members }: KeesFamily, prefix: string, key: string | undefined): WantedEntry[] {
  // Whoever asks for more than the parts of a family must begin with the same one as those who do not.
  const [parts, others] = [members.filter(isPart), members.filter((member) => !isPart(member))];
  return [...parts, ...others].map(({ field = "", storageSuffix }) => ({
    path: `${prefix.endsWith("/") ? prefix.slice(0, -1) : prefix}/${storageSuffix}`,
    members: [{ field, ...(key !== undefined && { key }) }],
  }));
}

function isPart({ field }: KeesFamilyMember): boolean {
  return field === "consumer" || field === "provider";
}

function badSize({ bareName, type }: KeesFamily): string {
  return `${bareName} of type ${type} cannot be made in that size. Give it size=2048, size=3072 or size=4096`;
}

const NO_STORE =
  "No store is configured for what annotations ask for. Add `generate: { store: NAME }` to the configuration of the generator";
