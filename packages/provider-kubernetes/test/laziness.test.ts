import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

const SCRIPT = `
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
  const { kubernetes } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
  const active = () => process.getActiveResourcesInfo().length;
  const idle = active();
  const provider = kubernetes({ kubeconfig: "missing" }).create({ store: "s", baseDirectory: "/", environment: {} });
  const vendor = () => loaded.filter((url) => url.includes("@kubernetes/client-node")).length > 0;
  const before = [vendor(), active() - idle];
  const request = { id: "1", path: "a/b", selector: { kind: "whole" }, version: { kind: "latest" }, volatile: false };
  await provider.resolve([request], { signal: new AbortController().signal, deadline: Date.now() + 9000,
    identity: { kind: "self" }, trace: { id: "t" } });
  console.log(JSON.stringify([...before, vendor()]));
`;

it("loads the vendor's library on the first call, and nothing before it", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(JSON.parse(await text(child.stdout))).toEqual([false, 0, true]);
});
