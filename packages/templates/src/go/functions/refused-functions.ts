/** Why a function of consul-template is not here, and what to do instead. */
export interface Refusal {
  readonly why: string;
  readonly instead: string;
}

const READ = "Keep the value in a store and read it with secret";
const OTHER: Refusal = {
  why: "it is not implemented",
  instead: "docs/templates.md has the functions there are",
};

const REFUSALS: readonly (readonly [names: string, Refusal])[] = [
  [
    "datacenters exportedServices key keyExists keyOrDefault ls safeLs node nodes partitions peerings service connect " +
      "services tree safeTree caRoots caLeaf byKey byPort byTag byMeta explode",
    { why: "there is no Consul here", instead: READ },
  ],
  [
    "nomadServices nomadService nomadVarList nomadVarListSafe nomadVar nomadVarExists",
    { why: "there is no Nomad here", instead: READ },
  ],
  ["file plugin sockaddr", { why: "a template reaches no file, process or network", instead: READ }],
  [
    "writeToFile",
    { why: "a template writes nothing but its output", instead: "Make one template for each file" },
  ],
  [
    "spew_dump spew_printf spew_sdump spew_sprintf",
    { why: "it prints what is in memory", instead: "Print the fields you need" },
  ],
  ["call scratch parseYAML", OTHER],
];

const BY_NAME: ReadonlyMap<string, Refusal> = new Map(
  REFUSALS.flatMap(([names, refusal]) => names.split(" ").map((name) => [name, refusal] as const)),
);

/** Why this function is refused; nothing for one that consul-template does not have either. */
export function refusal(name: string): Refusal | undefined {
  return name.startsWith("sprig_") ? OTHER : BY_NAME.get(name);
}
