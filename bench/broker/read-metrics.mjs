import { readFileSync } from "node:fs";

/** What a broker says of itself: what it used, and how long requests took it, by upper bound in seconds. */
export async function readMetrics(broker) {
  const text = await broker.metrics();
  const value = (name) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  const bound = /^sluice_broker_request_seconds_bucket\{le="([^"]+)",outcome="released"\} (\S+)$/gm;
  return {
    cpuSeconds: value("process_cpu_seconds_total"),
    // Of its first thread, which does nearly everything: the kernel counts nanoseconds.
    waitedSeconds: Number(readFileSync(`/proc/${broker.pid}/schedstat`, "utf8").split(" ")[1]) / 1e9,
    residentMiB: value("process_resident_memory_bytes") / 1024 / 1024,
    buckets: Array.from(text.matchAll(bound), ([, le, count]) => [
      le === "+Inf" ? Infinity : Number(le),
      Number(count),
    ]),
  };
}

/** The lowest bound that this part of the requests between two readings is not above, in milliseconds. */
export function boundOf(before, after, part) {
  const earlier = new Map(before.buckets);
  const counts = after.buckets.map(([le, count]) => [le, count - (earlier.get(le) ?? 0)]);
  const all = counts.at(-1)?.[1] ?? 0;
  return (counts.find(([, count]) => count >= all * part)?.[0] ?? Infinity) * 1000;
}
