// Claim: what it takes to read many secrets from a real server through a resolver, against the vendor's SDK by itself,
// one secret after another and all at once. One command: pnpm bench:providers [ROUNDS [PROVIDER…]]
// Every candidate begins each round with a new client, and so with new connections; loading the SDK is not counted.
// All go over TLS through the same proxy, which counts the calls and can make a round trip longer. Values are checked.
import { randomUUID } from "node:crypto";
import { createSecretResolver } from "@sluice/core";
import { createAuthority } from "../test/servers/faults/test-authority.ts";
import { trustEverywhere } from "../test/faults/subjects/aws-environment.ts";
import { openProxy } from "./providers/open-proxy.mjs";
import { peers } from "./providers/peers.mjs";

const ROUNDS = Number(process.argv[2] ?? 9);
const chosen = process.argv.slice(3);
const COUNTS = [20, 200];
const DELAYS_MS = [0, 5];

const authority = await createAuthority("Benchmark");
trustEverywhere(authority.ca);

const sorted = (values) => values.toSorted((a, b) => a - b);
const at = (values, part) => sorted(values)[Math.floor((values.length - 1) * part)];
const median = (values) => at(values, 0.5);

/** Writes the secrets; where they are, what they hold, and how they are referred to. */
async function seed(subject) {
  const secrets = Array.from({ length: Math.max(...COUNTS) }, (_, index) => {
    const path = subject.path(`bench-${index}`);
    const field = subject.field === undefined ? "" : `#${subject.field}`;
    return { path, text: randomUUID(), reference: `secret://store/${path.replace(/^\//, "")}${field}` };
  });
  for (const { path, text } of secrets) await subject.write(path, text);
  return secrets;
}

/** The ways to read the secrets. Each takes them and tells how long that took, in milliseconds, and their texts. */
function candidates({ plain, sdk }, subject, address, store) {
  const options = { stores: { store }, environment: subject.environment };
  const timed = async (read) => {
    const startedAt = performance.now();
    const texts = await read();
    return { wall: performance.now() - startedAt, texts };
  };
  const withSdk = (readAll) => async (secrets) => {
    const client = plain(address, authority.ca, subject);
    const result = await timed(() => readAll(client, secrets));
    client.close();
    return result;
  };
  const withResolver = (prepare) => async (secrets, calls) => {
    const resolver = createSecretResolver(options);
    const references = secrets.map(({ reference }) => reference);
    const read = async () => (await resolver.getAll(references)).map((value) => value.text());
    await prepare(read, calls);
    const result = await timed(read);
    await resolver[Symbol.asyncDispose]();
    return result;
  };
  return [
    {
      name: `${sdk}, one by one`,
      run: withSdk(async ({ read }, secrets) => {
        const texts = [];
        for (const { path } of secrets) texts.push(await read(path));
        return texts;
      }),
    },
    {
      name: `${sdk}, Promise.all`,
      run: withSdk(async ({ read }, secrets) => Promise.all(secrets.map(({ path }) => read(path)))),
    },
    { name: "Sluice, new resolver", run: withResolver(async () => undefined) },
    {
      name: "Sluice, again",
      run: withResolver(async (read, calls) => {
        await read();
        await calls();
      }),
    },
  ];
}

/** One run of a candidate, its values checked. */
async function run(candidate, secrets, proxy) {
  await proxy.hangUp();
  await proxy.calls();
  const { wall, texts } = await candidate.run(secrets, proxy.calls);
  secrets.forEach(({ text }, index) => {
    if (texts[index] !== text) throw new Error(`${candidate.name}: secret ${index} has another value`);
  });
  return { wall, calls: await proxy.calls() };
}

async function measure(peer, subject) {
  const secrets = await seed(subject);
  const certificate = await authority.issue({ names: subject.serverNames });
  const proxy = await openProxy(subject.server, certificate);
  const store = await subject.store(proxy.address, authority.ca);
  const all = candidates(peer, subject, proxy.address, store);
  for (const delay of DELAYS_MS)
    for (const count of COUNTS) {
      await proxy.delay(delay);
      const some = secrets.slice(0, count);
      for (const candidate of all) await run(candidate, some, proxy);
      const runs = all.map(() => []);
      // In turn, so that a machine whose speed drifts is unfair to nobody.
      for (let round = 0; round < ROUNDS; round += 1)
        for (const [index, candidate] of all.entries()) runs[index].push(await run(candidate, some, proxy));
      print(peer, delay, count, all, runs);
    }
  proxy.close();
}

function print({ name }, delay, count, all, runs) {
  const walls = runs.map((each) => each.map(({ wall }) => wall));
  const [oneByOne, together] = walls.map(median);
  all.forEach((candidate, index) => {
    const wall = median(walls[index]);
    const spread = `${at(walls[index], 0.25).toFixed(1)}–${at(walls[index], 0.75).toFixed(1)}`;
    const calls = median(runs[index].map(({ calls }) => calls));
    console.log(
      `| ${name} | ${count} | ${delay} ms | ${candidate.name} | ${wall.toFixed(1)} ms | ${spread} | ${(wall / oneByOne).toFixed(2)} x | ${(wall / together).toFixed(2)} x | ${calls} |`,
    );
  });
}

console.log(`node ${process.version}, ${process.platform} ${process.arch}, medians of ${ROUNDS} rounds\n`);
console.log(
  "| provider | secrets | added per round trip | read by | wall | quartiles | to one by one | to Promise.all | calls |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const peer of peers.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  const subject = await peer.open();
  if (subject.kind === "unavailable") {
    console.log(`| ${peer.name} | - | - | no server: ${subject.reason} | - | - | - | - | - |`);
    continue;
  }
  try {
    await measure(peer, subject);
  } finally {
    await subject[Symbol.asyncDispose]();
  }
}
