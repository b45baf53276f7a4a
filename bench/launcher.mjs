// Claim: what a container's start with 20 secrets costs behind the launcher and a warm broker, beside injectors that read
// the secrets from OpenBao by themselves. One command: pnpm bench:launcher [RUNS]
// All are static programs that end by exec of /bin/true, all talk TLS 1.3 through the same kind of proxy, which makes each round
// trip after the connection's first longer by so much. The injectors have a token of OpenBao given, or log in with
// the pod's: only then they prove who they are, as the launcher does every time. The broker reviews the token and reads
// the pod at a real kube-apiserver at each start; the secrets it has. Figures are the kernel's, taken by a small program.
import { execFile, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { tokenOf } from "../test/e2e/broker/test-pods.ts";
import { createWaitingPods } from "../test/e2e/starts/waiting-pods.ts";
import { launcherProgram } from "../test/servers/launcher.ts";
import { openBroker, REFERENCES } from "./broker/open-broker.mjs";
import { buildGo } from "./build-go.mjs";
import { letPodsLogIn } from "./launcher/let-pods-log-in.mjs";
import { median } from "./statistics.mjs";

const RUNS = Number(process.argv[2] ?? 31);
/** Starts before the first that counts: what a broker in JavaScript needs to have its code compiled. */
const WARM_UP = 300;
const DELAYS_MS = [0, 5];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const meter = join(work, "meter");
execFileSync("gcc", ["-O2", "-static", "-o", meter, here("launcher/meter.c")]);
const launcher = await launcherProgram();
const injector = buildGo("injector");

const bench = await openBroker();
await letPodsLogIn(bench);
const broker = await bench.start();
const ports = [broker.port, Number(new URL(bench.vault.address).port)];
const routes = DELAYS_MS.flatMap((ms) => ports.map((port) => `${port}/${ms}`));
const proxies = fork(here("launcher/delay-process.mjs"), routes);
const [delayed] = await once(proxies, "message");

const namespace = await bench.world.newNamespace();
const settings = { namespace, port: broker.port, folder: bench.world.folder, references: REFERENCES };
const [{ pod, env }] = await createWaitingPods(bench.world, 1, settings);
const tokenFile = join(work, "token");
writeFileSync(tokenFile, await tokenOf(bench.world.admin, pod, "vault"), { mode: 0o600 });
const caFile = join(work, "ca.pem");
writeFileSync(caFile, bench.vault.caCert);

/** What is started, with the ports of the broker and of OpenBao. */
function candidatesFor(brokerPort, vaultPort) {
  const wanted = Object.fromEntries(
    Object.keys(REFERENCES).map((name) => [name, name.replace("SECRET_", "bao:secret/data/s")]),
  );
  const bao = { BAO_ADDR: `https://127.0.0.1:${vaultPort}`, BAO_CACERT: caFile };
  const reading = (title, mode, credentials) => ({
    title,
    line: [injector, mode, "/bin/true"],
    env: { ...wanted, ...bao, ...credentials },
  });
  const token = { BAO_TOKEN: bench.vault.token };
  const login = { BAO_TOKEN_FILE: tokenFile };
  return [
    { title: "bare exec", line: ["/bin/true"], env: {} },
    reading("one after another", "sequential", token),
    reading("all at once, 4 connections", "connections", token),
    reading("all at once, HTTP/2", "concurrent", token),
    reading("login, one after another", "sequential", login),
    reading("login, all at once, HTTP/2", "concurrent", login),
    {
      title: "launcher, warm broker",
      line: [launcher, "exec", "--", "/bin/true"],
      env: { ...env, SLUICE_SOURCE: `https://127.0.0.1:${brokerPort}` },
    },
  ];
}

async function start({ line, env }, times = 1) {
  // What servers still do for the one before is not to be paid by the next.
  await sleep(50);
  const { stdout } = await promisify(execFile)(meter, [String(times), ...line], { env });
  const [wall, cpu, kib] = stdout.trim().split(" ").map(Number);
  return { wall, cpu, mib: kib / 1024 };
}

console.log(`${process.platform} ${process.arch}, medians of ${RUNS} runs, in turn`);
for (const [index, ms] of DELAYS_MS.entries()) {
  const candidates = candidatesFor(...delayed.slice(index * 2, index * 2 + 2));
  for (const candidate of candidates) await start(candidate);
  if (index === 0) await start(candidates.at(-1), WARM_UP);
  const results = candidates.map(() => []);
  // In turn, so that a machine whose speed drifts is unfair to nobody.
  for (let run = 0; run < RUNS; run += 1)
    for (const [at, candidate] of candidates.entries()) results[at].push(await start(candidate));

  const of = (at, name) => median(results[at].map((result) => result[name]));
  const ours = of(candidates.length - 1, "wall");
  console.log(
    `\n| ${ms} ms added to a round trip | wall | against the launcher | CPU | most memory | size |`,
  );
  console.log("| --- | --- | --- | --- | --- | --- |");
  candidates.forEach(({ title, line: [file] }, at) => {
    const wall = of(at, "wall");
    const size = statSync(file).size / 1e6;
    console.log(
      `| ${title} | ${wall.toFixed(1)} ms | ${(wall / ours).toFixed(2)} x | ${of(at, "cpu").toFixed(1)} ms | ${of(at, "mib").toFixed(1)} MiB | ${size.toFixed(1)} MB |`,
    );
  });
}
proxies.disconnect();
await broker.stop();
await bench.close();
