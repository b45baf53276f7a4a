import type { Socket } from "node:net";

/**
 * Passes on what comes from one socket to another, each piece after `delayMs`, and then how it ended: its end, or
 * that it was reset or closed.
 */
export function passBytes(from: Socket, to: Socket, delayMs: number): void {
  // Timers of the same length go off in the order they were set.
  const later = (act: () => void): void => void (delayMs === 0 ? act() : setTimeout(act, delayMs));
  let reset = false;
  from.on("data", (bytes: Buffer) => {
    later(() => {
      if (to.writable && !to.write(bytes)) from.pause();
    });
  });
  to.on("drain", () => from.resume());
  from.on("end", () => later(() => to.end()));
  from.on("error", () => (reset = true));
  from.on("close", () => {
    later(() => {
      if (reset) to.resetAndDestroy();
      else to.destroySoon();
    });
  });
}
