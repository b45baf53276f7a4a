// Writes the image of `sluice` as an OCI layout, without a daemon or a registry: write-image.mjs [--base LAYOUT] [--no-node] [FOLDER].
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { jsonBlob } from "../packages/launcher/dist/image/blob.js";
import { writeLayout } from "../packages/launcher/dist/image/write-layout.js";
import { readBase } from "./image/base-layout.mjs";
import { bundleSidecar } from "./image/bundle-sidecar.mjs";
import { fileLayer } from "./image/file-layer.mjs";
import { installedFiles } from "./image/installed-files.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const PLACE = "opt/sluice";
const NODE = "usr/local/bin/node";
const EPOCH = "1970-01-01T00:00:00Z";
const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: { base: { type: "string" }, node: { type: "boolean", default: true } },
});
const folder = positionals[0] ?? join(ROOT, "deploy/image/oci");
const architecture = ARCHITECTURES[process.arch];
const { version } = JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8"));

const base = values.base === undefined ? undefined : readBase(values.base, architecture);
const license = { file: join(ROOT, "LICENSE"), executable: false };
const files = installedFiles(ROOT, "packages/cli").set("LICENSE", license);
const bundle = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
for (const name of await bundleSidecar(ROOT, bundle))
  files.set(`packages/cli/bin/sidecar/${name}`, { file: join(bundle, name), executable: false });
const app = Array.from(files, ([name, entry]) => [`${PLACE}/${name}`, entry]);
const layers = [
  ...(values.node ? [await fileLayer([[NODE, { file: process.execPath, executable: true }]])] : []),
  await fileLayer(app),
];
rmSync(bundle, { recursive: true });

const labels = {
  "org.opencontainers.image.title": "sluice",
  "org.opencontainers.image.description": "The webhook, the broker and the command line of Sluice.",
  "org.opencontainers.image.licenses": "Apache-2.0",
  "org.opencontainers.image.source": "https://github.com/sluice-secrets/sluice",
  "org.opencontainers.image.version": version,
};
const of = base?.config.config ?? {};
const config = jsonBlob("application/vnd.oci.image.config.v1+json", {
  created: EPOCH,
  architecture,
  os: "linux",
  config: {
    ...of,
    User: "65532:65532",
    Entrypoint: [values.node ? `/${NODE}` : "node", `/${PLACE}/packages/cli/bin/sluice.js`],
    Cmd: [],
    WorkingDir: "/",
    Env: [...(of.Env ?? ["PATH=/usr/local/bin:/usr/bin:/bin"]), "NODE_ENV=production"],
    Labels: { ...of.Labels, ...labels },
  },
  rootfs: {
    type: "layers",
    diff_ids: [...(base?.config.rootfs.diff_ids ?? []), ...layers.map(({ descriptor }) => descriptor.digest)],
  },
  history: [
    ...(base?.config.history ?? []),
    ...layers.map(() => ({ created: EPOCH, created_by: "sluice: scripts/write-image.mjs" })),
  ],
});
const allLayers = [...(base?.layers ?? []), ...layers];
const manifest = jsonBlob("application/vnd.oci.image.manifest.v1+json", {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: config.descriptor,
  layers: allLayers.map(({ descriptor }) => descriptor),
  annotations: labels,
});

rmSync(folder, { recursive: true, force: true });
const platform = { architecture, os: "linux" };
const image = { index: { ...manifest.descriptor, platform }, blobs: [...allLayers, config, manifest] };
await writeLayout(folder, image, version);
const size = layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
process.stdout.write(
  `${folder}  ${version}  ${manifest.descriptor.digest}  ${Math.round(size / 1e6)} MB of ours\n`,
);
