import type { Container, EnvVar, Pod } from "@sluice/core/pod";
import * as fc from "fast-check";

const NAMES = ["web", "log", "db", "migrate", "proxy", "a-b"];
const VARIABLES = ["A", "B", "DB_URL", "PATH", "ATARRAYA_SECRET_db", "x.y", "constructor", "__proto__"];

/** Texts as people and attackers write them. */
const text = fc.oneof(
  fc.constantFrom(
    "plain",
    "",
    "secret://prod/db",
    "secret://prod/db#key",
    "pg://u:${secret://prod/db#pw}@h",
    "$(A)",
    "x$(A)y$(B)",
    "$$(A)",
    "${secret://prod/$(A)}",
    "name@azurekeyvault",
    "${secret://",
    "$${secret://x}",
    "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
  ),
  fc.string({ maxLength: 12 }),
);

const variable: fc.Arbitrary<EnvVar> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom(...VARIABLES), value: text }) },
  fc.record({
    name: fc.constantFrom(...VARIABLES),
    valueFrom: fc.constantFrom(
      { fieldRef: { fieldPath: "status.podIP" } },
      { configMapKeyRef: { name: "settings", key: "REF" } },
      { configMapKeyRef: { name: "gone", key: "REF", optional: true } },
      { secretKeyRef: { name: "keys", key: "PLAIN" } },
    ),
  }),
);

/** A member that Kubernetes does not have, with what a JSON Pointer must escape. */
export const ODD_MEMBER = "odd/member~x";

/** Members that nobody here looks at. */
const other = fc.record(
  {
    resources: fc.constant({ limits: { memory: "1Gi" } }),
    readinessProbe: fc.constantFrom(
      { httpGet: { port: 80 } },
      { exec: { command: ["sh", "-c", "echo $A"] } },
    ),
    [ODD_MEMBER]: fc.jsonValue({ maxDepth: 2 }),
    workingDir: fc.constant("/srv"),
  },
  { requiredKeys: [] },
);

const container = (name: string): fc.Arbitrary<Container> =>
  fc
    .tuple(
      fc.record(
        {
          name: fc.constant(name),
          image: fc.constant("shop/web"),
          command: fc.array(text, { maxLength: 3 }),
          args: fc.array(text, { maxLength: 2 }),
          env: fc.array(variable, { maxLength: 6 }),
          envFrom: fc.array(
            fc.constantFrom(
              { configMapRef: { name: "settings" } },
              { prefix: "S_", secretRef: { name: "keys", optional: true } },
            ),
            { maxLength: 2 },
          ),
          volumeMounts: fc.uniqueArray(
            fc.constantFrom({ name: "data", mountPath: "/data" }, { name: "tmp", mountPath: "/tmp" }),
            { selector: ({ name }) => name },
          ),
        },
        { requiredKeys: ["name", "image"] },
      ),
      other,
    )
    .map(([known, rest]) => ({ ...rest, ...known }));

/** Pods as an API server might send them: all kinds of containers, of notations, and of what is none of ours. */
export const arbitraryPod: fc.Arbitrary<Pod> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    inits: fc.nat({ max: 2 }),
    sidecar: fc.boolean(),
    annotations: fc.constantFrom<Record<string, string> | undefined>(
      undefined,
      { "atarraya/keyvault": "acme" },
      { "sluice.dev/status": "injected", "atarraya/status": "injected" },
      { "sluice.dev/inject": "false" },
      { "sluice.dev/command-web": '["/web"]' },
    ),
    spec: fc.constantFrom(
      {},
      { securityContext: { runAsUser: 0 } },
      {
        volumes: [
          { name: "data", emptyDir: {} },
          { name: "tmp", emptyDir: {} },
        ],
      },
      { hostPID: true, enableServiceLinks: false },
    ),
  })
  .chain(({ names, inits, sidecar, annotations, spec }) =>
    fc.tuple(...names.map(container)).map((all): Pod => {
      const initContainers = all
        .slice(1, 1 + inits)
        .map((one, index) => (sidecar && index === 0 ? { ...one, restartPolicy: "Always" } : one));
      const containers = [...all.slice(0, 1), ...all.slice(1 + inits)];
      return {
        metadata: { name: "p", ...(annotations && { annotations }) },
        spec: { ...spec, containers, ...(initContainers.length > 0 && { initContainers }) },
      };
    }),
  );
