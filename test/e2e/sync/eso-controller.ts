import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { EsoWorld } from "./eso-world.js";
import type { OpenBaoServer } from "./open-bao.js";
import type { SecretsManagerServer } from "./secrets-manager.js";
import { startSyncProcess, type SyncProcess } from "./sync-process.js";
import { SyncWorld } from "./sync-world.js";

const API = "https://kubernetes.default.svc";

/** `sluice sync --eso` at work in a cluster. */
export interface EsoController {
  readonly world: SyncWorld;
  readonly eso: EsoWorld;
  /** A namespace for whom it works. */
  readonly shop: string;
  readonly started: SyncProcess;
  close(): Promise<void>;
}

/** Where it works, and what it is told of. */
export interface EsoControllerSettings {
  /** Whether the cluster has the kinds of External Secrets at the start; true by default. */
  readonly hasKinds?: boolean;
  readonly bao?: OpenBaoServer;
  readonly aws?: SecretsManagerServer;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts one, as their operator is told where AWS is, and to allow tenants what is on this machine. */
export async function startEsoController(
  cluster: RunningKubernetes,
  { hasKinds = true, bao, aws, environment = {} }: EsoControllerSettings,
): Promise<EsoController> {
  const world = await SyncWorld.open(cluster);
  const eso = new EsoWorld(world);
  if (hasKinds) await eso.installKinds();
  for (const component of ["sync-eso", "sync-akv2k8s"]) await eso.grantRights(component);
  const shop = await world.newNamespace();
  if (bao) world.toxic.add(bao.token);
  const addresses = [bao, aws].flatMap((server) => server?.address ?? []);
  const started = await startSyncProcess(
    world,
    ["--eso", "--akv2k8s", "--allow-addresses", ...addresses, "--token-audiences-in-namespaces", API],
    {
      AWS_EC2_METADATA_DISABLED: "true",
      ...(aws && { AWS_SECRETSMANAGER_ENDPOINT: aws.address, AWS_SSM_ENDPOINT: aws.address }),
      // Where this cluster is, with an account that may do nothing: in a pod that is its own.
      KUBECONFIG: world.nobody,
      ...environment,
    },
  );
  return {
    world,
    eso,
    shop,
    started,
    close: async () => {
      await started.kill();
      await world.close();
    },
  };
}
