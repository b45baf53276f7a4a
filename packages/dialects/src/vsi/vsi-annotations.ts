import type { AnnotationRule } from "../agent/annotation-rule.js";

/** What becomes of each annotation of Talend's Vault Sidecar Injector. */
export const VSI_ANNOTATIONS: readonly AnnotationRule[] = [
  { name: "inject", is: "honoured", says: "`true`, `on`, `yes` or `y` turns it on" },
  {
    name: "mode",
    is: "honoured",
    says: "`secrets`, `proxy`, `job`, several with commas; `job` alone implies `secrets`",
  },
  {
    name: "auth",
    is: "honoured",
    says: "`kubernetes` or `approle`, handed to `storeOf`: how a store logs in is said in its options",
  },
  {
    name: "role",
    is: "honoured",
    says: "handed to `storeOf`; the label `com.talend.application` by default",
  },
  {
    name: "sa-token",
    is: "ignored",
    says: "the agent has a token of its own, for the audience that its store names",
  },
  { name: "vault-image", is: "ignored", says: "no image of Vault is used" },
  {
    name: "proxy-port",
    is: "honoured",
    says: "port of the gateway on 127.0.0.1, with a cache of what was issued that renews nothing; 8200 by default",
  },
  {
    name: "notify",
    is: "honoured",
    says: "commands, one a file: signals, calls to the pod's own ports and `touch` are done by the agent itself",
  },
  {
    name: "secrets-path",
    is: "honoured",
    says: "paths, with commas; `secret/APPLICATION/SERVICE` of the labels by default",
  },
  {
    name: "secrets-destination",
    is: "honoured",
    says: "file names, one a path or template; `secrets.properties` by default",
  },
  {
    name: "secrets-template",
    is: "honoured",
    says: "Go templates with `---` between them; in the place of paths",
  },
  {
    name: "secrets-type",
    is: "honoured",
    says: "`dynamic` is kept fresh beside the app, `static` is written before it starts",
  },
  {
    name: "secrets-hook",
    is: "honoured",
    says: "nothing is left to do: files are there before the container starts",
  },
  {
    name: "secrets-injection-method",
    is: "honoured",
    says: "`file`, or `env`: every key of the paths is a variable, for static secrets",
  },
  { name: "workload", is: "honoured", says: "`job`, the same as the mode" },
  { name: "status", is: "ignored", says: "whoever can write a pod can write it" },
];
