// Claim: what a sidecar costs beside an app, at rest and while it renews a lease of 10 seconds, against OpenBao's own agent with the same
// template; and how the requests of 100 sidecars are spread after their store was away. One command: pnpm bench:sidecar [SECONDS]
// Memory is what the kernel counts at the end of the time (RssAnon is the process's own, the rest are pages of its executable that all share);
// CPU is used time over the time. The agent's default request in a pod is 64Mi. Beside them Node.js alone, waiting for a timer.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { scriptedBroker } from "../test/e2e/sidecar/scripted-broker.ts";
import { startVault } from "../test/servers/vault.ts";
import { vaultProgram } from "../test/servers/vault-program.ts";
import { bundleSidecar } from "../scripts/image/bundle-sidecar.mjs";
import { spreadOf } from "./sidecar/spread.mjs";

const SECONDS = Number(process.argv[2] ?? 30);
const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const installed = join(root, "packages/cli/bin/sluice.js");
await bundleSidecar(root, join(work, "bundle"));
const inImage = join(work, "bundle/sluice.js");
const vault = await startVault();
if (vault.kind === "unavailable") throw new Error(vault.reason);
const database = await scriptedBroker();

async function api(method, path, body) {
  const headers = { "x-vault-token": vault.token };
  const answer = await fetch(`${vault.address}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
}

/** An engine whose leases last so long. */
async function engine(name, ttl) {
  await api("POST", `sys/mounts/${name}`, { type: "rabbitmq" });
  const connection = {
    connection_uri: database.address,
    username: "u",
    password: "p",
    verify_connection: false,
  };
  await api("POST", `${name}/config/connection`, connection);
  await api("POST", `${name}/config/lease`, { ttl, max_ttl: 36_000 });
  await api("POST", `${name}/roles/app`, { tags: "management" });
}

const templateOf = (mount) =>
  `{{ with secret "${mount}/creds/app" }}{{ .Data.username }}:{{ .Data.password }}{{ end }} {{ with secret "secret/data/app" }}{{ .Data.data.a }}{{ end }}`;

/** Settings of a pod's sidecar (packages/webhook's agent-containers.ts). */
const IN_PODS = "--max-semi-space-size=1";

/** Our sidecar, keeping one file. */
function ours(mount, refresh, sluice) {
  const folder = join(work, `ours-${mount}-${sluice === inImage}`);
  mkdirSync(folder);
  const store = { provider: "vault", address: vault.address, auth: { token: {} } };
  writeFileSync(join(folder, "sluice.yaml"), JSON.stringify({ stores: { bao: store } }));
  const content = { format: "go-template", store: "bao", template: templateOf(mount) };
  const plan = { roots: [join(folder, "files")], files: [{ path: join(folder, "files/pair"), content }] };
  writeFileSync(join(folder, "files.yaml"), JSON.stringify(plan));
  const args = [sluice, "sidecar", "--file", "files.yaml", "--state", "state", "--refresh", refresh];
  const env = {
    PATH: process.env.PATH,
    VAULT_TOKEN: vault.token,
    ...(sluice === inImage && { NODE_OPTIONS: IN_PODS }),
  };
  return {
    file: join(folder, "files/pair"),
    child: spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore" }),
  };
}

/** What any program on Node.js costs. */
function nothing() {
  const file = join(work, "nothing");
  writeFileSync(file, ":nothing value");
  const args = [IN_PODS, "-e", "setInterval(() => {}, 1e6)"];
  return { file, child: spawn(process.execPath, args, { stdio: "ignore" }) };
}

/** OpenBao's agent, doing the same. */
async function theirs(mount, refresh) {
  const folder = join(work, `theirs-${mount}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "token"), vault.token);
  writeFileSync(
    join(folder, "agent.hcl"),
    `vault { address = "${vault.address}" }
auto_auth { method { type = "token_file" config = { token_file_path = "${folder}/token" } } }
template_config { static_secret_render_interval = "${refresh}" }
template { contents = ${JSON.stringify(templateOf(mount))} destination = "${folder}/pair" }
`,
  );
  const program = await vaultProgram();
  return {
    file: join(folder, "pair"),
    child: spawn(program, ["agent", `-config=${folder}/agent.hcl`], { stdio: "ignore" }),
  };
}

const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

function usedOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1024);
  return { rss: of("VmRSS"), own: of("RssAnon") };
}

async function measure(name, { child, file }) {
  const until = Date.now() + 60_000;
  for (let text = ""; !/:\S+ value$/.test(text); await sleep(100)) {
    if (Date.now() > until || child.exitCode !== null) throw new Error(`${name} writes no file`);
    try {
      text = readFileSync(file, "utf8").trim();
    } catch {
      // Not there yet.
    }
  }
  // What starting took is over.
  await sleep(5_000);
  const before = usedOf(child.pid);
  await sleep(SECONDS * 1000);
  const milliCores = ((usedOf(child.pid) - before) / SECONDS) * 1000;
  const { rss, own } = memoryOf(child.pid);
  child.kill("SIGTERM");
  return { name, rss, own, milliCores };
}

await api("POST", "secret/data/app", { data: { a: "value" } });
await engine("rest", 3_600);
await engine("busy", 10);
const rows = [];
try {
  rows.push(await measure("node alone", nothing()));
  for (const [what, mount, refresh] of [
    ["at rest", "rest", "5m"],
    ["renewing 10 s, reading each 5 s", "busy", "5s"],
  ]) {
    rows.push(await measure(`sluice sidecar, ${what}, from npm`, ours(mount, refresh, installed)));
    rows.push(await measure(`sluice sidecar, ${what}, in a pod`, ours(mount, refresh, inImage)));
    rows.push(await measure(`bao agent, ${what}`, await theirs(mount, refresh)));
  }
} finally {
  await vault.stop();
  await database[Symbol.asyncDispose]();
  rmSync(work, { recursive: true });
}
console.log(`${SECONDS} s each; RSS and its own part in MiB, CPU in thousandths of a core\n`);
for (const { name, rss, own, milliCores } of rows)
  console.log(
    `${name.padEnd(62)} ${String(rss).padStart(4)} ${String(own).padStart(4)} ${milliCores.toFixed(1).padStart(6)}`,
  );

const { most, total, seconds } = await spreadOf(100);
console.log(
  `\n100 sidecars, a minute of outage and the minute after: ${total} requests in ${seconds} s, ${((most / total) * 100).toFixed(1)} % in the fullest second`,
);
