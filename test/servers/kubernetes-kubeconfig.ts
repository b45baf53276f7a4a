import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a cluster is, and whom a kubeconfig for it knows. */
export interface KubeconfigContent {
  readonly server: string;
  /** What the server's certificate is verified with, PEM; without, it is not. */
  readonly caCert?: string;
  /** Tokens by the name of their user, which is that of a context too; the first is the current one. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** A kubeconfig's text. JSON is YAML. */
export function kubeconfigText({ server, caCert, tokens }: KubeconfigContent): string {
  const trust =
    caCert === undefined
      ? { "insecure-skip-tls-verify": true }
      : { "certificate-authority-data": Buffer.from(caCert).toString("base64") };
  const names = Object.keys(tokens);
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, ...trust } }],
    users: names.map((name) => ({ name, user: { token: tokens[name] } })),
    contexts: names.map((name) => ({ name, context: { cluster: "test", user: name } })),
    "current-context": names[0],
  });
}

/** A kubeconfig in a folder of its own. */
export async function createKubeconfig(
  content: KubeconfigContent,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-kubeconfig-"));
  const path = join(folder, "kubeconfig");
  await writeFile(path, kubeconfigText(content), { mode: 0o600 });
  return { path, remove: async () => rm(folder, { recursive: true, force: true }) };
}
