import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { ask, must } from "../webhook/support.js";
import { templateOf } from "./deployed-process.js";
import type { Manifest } from "./manifests.js";

interface TlsVolume {
  readonly secret: {
    readonly secretName: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}

/** What the broker is told of where these files are. */
export const BROKER_FILES: readonly string[] = ["--tls-cert", "tls/tls.crt", "--tls-key", "tls/tls.key"];

/** Writes below a folder, as the kubelet would: of the Secret that the webhook made, what the broker's volume takes. */
export async function writeBrokerFiles(
  cluster: RunningKubernetes,
  manifests: readonly Manifest[],
  folder: string,
): Promise<void> {
  const [volume] = templateOf(manifests, "sluice-broker").spec.volumes as [TlsVolume];
  const path = `/api/v1/namespaces/sluice-system/secrets/${volume.secret.secretName}`;
  const { data } = (await must(ask(cluster, "GET", path))) as unknown as {
    readonly data: Readonly<Record<string, string>>;
  };
  await mkdir(join(folder, "tls"), { recursive: true });
  for (const item of volume.secret.items)
    await writeFile(join(folder, "tls", item.path), Buffer.from(data[item.key] ?? "", "base64"));
}
