import { SluiceError } from "@sluice/core";

/**
 * Throws `SLU4003` when systemd has opened sockets for this process (sd_listen_fds(3): descriptors from
 * 3, meant for process LISTEN_PID). Node closes them at the next exec, the command would wait for ever.
 */
export function refuseSocketActivation(env: Readonly<Record<string, string>>): void {
  if (env["LISTEN_PID"] !== String(process.pid) || !(Number(env["LISTEN_FDS"]) > 0)) return;
  throw new SluiceError({
    code: "SLU4003",
    kind: "configuration",
    problem: `LISTEN_FDS promises the command ${env["LISTEN_FDS"]} sockets, which do not survive Node`,
    remedy: "Let the command open its own sockets, or start it with Sluice's static launcher",
  });
}
