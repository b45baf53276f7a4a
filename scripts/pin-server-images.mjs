// Records what the tags of test/servers/engine/images.json stand for, so that tests run these images and no others.
// Run it after a change of a tag, where a container engine runs: node scripts/pin-server-images.mjs [docker|podman]
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const [engine = "docker", file = new URL("../test/servers/engine/images.json", import.meta.url)] =
  process.argv.slice(2);
const images = JSON.parse(readFileSync(file, "utf8"));

for (const pinned of Object.values(images)) {
  execFileSync(engine, ["pull", "--quiet", pinned.image], { stdio: ["ignore", "ignore", "inherit"] });
  const format = "{{range .RepoDigests}}{{println .}}{{end}}";
  const digests = execFileSync(engine, ["image", "inspect", "--format", format, pinned.image], {
    encoding: "utf8",
  });
  const [digest] = /sha256:[0-9a-f]{64}/.exec(digests) ?? [];
  if (digest === undefined) throw new Error(`${pinned.image} has no digest of a registry`);
  pinned.digest = digest;
}

writeFileSync(file, `${JSON.stringify(images, null, 2)}\n`);
