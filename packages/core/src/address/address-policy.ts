/** Where a connection may go whose address somebody else chose: the author of a pod, a server that redirects. */
export interface AddressPolicy {
  /**
   * The only hosts that may be named, at any port of `ports`: `vault.example`, `vault.example:8200`, `*.example`
   * (not `example` itself), or with its scheme `http://vault.svc:8200`. A host that is listed without a wildcard may
   * be at any network address, for whoever lists it knows where it is. Without a list every public name may be named.
   */
  readonly hosts?: readonly string[];
  /** Networks that may be reached though they are not public: {@link PRIVATE_NETWORKS}, `10.1.0.0/16`, `10.1.2.3`. */
  readonly networks?: readonly string[];
  /** `https` alone by default. */
  readonly schemes?: readonly ("https" | "http")[];
  /** The scheme's own port alone by default. */
  readonly ports?: readonly number[] | "any";
  /** Hosts, as in `hosts`, whose certificate need not be verified. It is the operator's alone to say; none by default. */
  readonly unverified?: readonly string[];
}

/** Why an address may not be used. */
export interface AddressFault {
  readonly reason: AddressFaultReason;
  /** For people, without a full stop, and without the address. */
  readonly message: string;
}

/** Why an address is refused. */
export type AddressFaultReason =
  | "not-a-url"
  | "scheme"
  | "user-info"
  | "disguised-host"
  | "international-name"
  | "local-name"
  | "network"
  | "port"
  | "not-listed"
  | "downgrade";
