import { type Blob, type Descriptor, jsonBlob } from "./blob.js";
import { launcherLayer } from "./launcher-layer.js";

/** Processors by the names that images have for them, with their executables. */
export type Programs = Readonly<Record<"amd64" | "arm64", Uint8Array>>;

/** An image for several processors: what names it, and everything it consists of. */
export interface LauncherImage {
  readonly index: Descriptor;
  readonly blobs: readonly Blob[];
}

/** The moment everything in the image is from, so that it does not depend on when it was made. */
const EPOCH = "1970-01-01T00:00:00Z";

/** The image from nothing but the launcher, for each of its processors; the same programs give the same bytes. */
export async function launcherImage(programs: Programs, version: string): Promise<LauncherImage> {
  const labels = labelsOf(version);
  const blobs: Blob[] = [];
  const manifests: object[] = [];
  for (const architecture of ["amd64", "arm64"] as const) {
    const layer = await launcherLayer(programs[architecture]);
    const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
      created: EPOCH,
      architecture,
      os: "linux",
      // Not root, for clusters that demand it; who installs into a volume may give another user.
      config: { User: "65532:65532", Entrypoint: ["/sluice-launch"], WorkingDir: "/", Labels: labels },
      rootfs: { type: "layers", diff_ids: [layer.descriptor.digest] },
      history: [{ created: EPOCH, created_by: "sluice-launch" }],
    });
    const manifest = jsonBlob("application/vnd.oci.image.manifest.v1+json", {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: config.descriptor,
      layers: [layer.descriptor],
      annotations: labels,
    });
    blobs.push(layer, config, manifest);
    manifests.push({ ...manifest.descriptor, platform: { architecture, os: "linux" } });
  }
  const index = jsonBlob("application/vnd.oci.image.index.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests,
    annotations: labels,
  });
  return { index: index.descriptor, blobs: [...blobs, index] };
}

function labelsOf(version: string): Record<string, string> {
  return {
    "org.opencontainers.image.title": "sluice-launch",
    "org.opencontainers.image.description": "Starts a container's command with its secrets.",
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.source": "https://github.com/sluice-secrets/sluice",
    "org.opencontainers.image.version": version,
  };
}
