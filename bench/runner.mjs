// Claim: what `sluice run` adds to starting a command with 20 secrets from a file. One command: pnpm bench:runner
// Wall time is measured from outside, start to end of `true`. CPU and memory are what the process has used when it
// execs: what the kernel would charge to it before the command begins.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const RUNS = Number(process.argv[2] ?? 21);
const SECRETS = 20;
const sluice = fileURLToPath(new URL("../packages/cli/bin/sluice.js", import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const usage = join(cwd, "usage.txt");

const names = Array.from({ length: SECRETS }, (_, index) => `SECRET_${index}`);
writeFileSync(join(cwd, "secrets.env"), names.map((name) => `${name}=value-of-${name}\n`).join(""));
writeFileSync(
  join(cwd, "sluice.yaml"),
  `stores: { dev: { provider: file, path: ./secrets.env } }\nenv:\n${names.map((name) => `  ${name}: secret://dev/${name}\n`).join("")}`,
);
writeFileSync(
  join(cwd, "meter.mjs"),
  `import { appendFileSync } from "node:fs";
const execve = process.execve;
process.execve = (...args) => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  appendFileSync(${JSON.stringify(usage)}, \`\${(userCPUTime + systemCPUTime) / 1000} \${maxRSS / 1024}\\n\`);
  execve.apply(process, args);
};\n`,
);
writeFileSync(join(cwd, "bare.mjs"), `process.execve("/bin/true", ["true"], process.env);\n`);

const meter = ["--import", pathToFileURL(join(cwd, "meter.mjs")).href];
const candidates = [
  { name: "bare exec", file: "/bin/true", args: [] },
  { name: "node, exec at once", file: process.execPath, args: ["bare.mjs"] },
  { name: `sluice run, ${SECRETS} secrets`, file: process.execPath, args: [sluice, "run", "--", "true"] },
];

/** One start, in milliseconds. */
function start({ file, args }, extra = []) {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(file, [...extra, ...args], { cwd });
  const wall = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr.toString()}`);
  return wall;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// In turn, so that a machine whose speed drifts is unfair to nobody.
for (const candidate of candidates) start(candidate);
const walls = candidates.map(() => []);
for (let run = 0; run < RUNS; run += 1)
  candidates.forEach((candidate, index) => walls[index].push(start(candidate)));

const meters = candidates.map((candidate) => {
  if (candidate.file !== process.execPath) return { cpu: undefined, rss: undefined };
  writeFileSync(usage, "");
  for (let run = 0; run < RUNS; run += 1) start(candidate, meter);
  const rows = readFileSync(usage, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  return { cpu: median(rows.map(([cpu]) => cpu)), rss: median(rows.map(([, rss]) => rss)) };
});
rmSync(cwd, { recursive: true });

const bare = median(walls[0]);
const node = median(walls[1]);
const cell = (value, unit) => (value === undefined ? "-" : `${value.toFixed(1)} ${unit}`);
console.log(`node ${process.version}, ${process.platform} ${process.arch}, medians of ${RUNS} runs\n`);
console.log("| start of `true` | wall | over bare exec | against node | CPU at exec | peak memory at exec |");
console.log("| --- | --- | --- | --- | --- | --- |");
candidates.forEach(({ name }, index) => {
  const wall = median(walls[index]);
  const { cpu, rss } = meters[index];
  console.log(
    `| ${name} | ${cell(wall, "ms")} | +${cell(wall - bare, "ms")} | ${(wall / node).toFixed(2)} x | ${cell(cpu, "ms")} | ${cell(rss, "MiB")} |`,
  );
});
