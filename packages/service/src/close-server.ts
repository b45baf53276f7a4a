import type { Server } from "node:http";

/**
 * Takes nothing new, and resolves when what is under way has been answered. What takes longer than `drainMs`
 * milliseconds is cut off.
 */
export async function closeServer(server: Server, drainMs: number): Promise<void> {
  const overdue = setTimeout(() => server.closeAllConnections(), drainMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
  clearTimeout(overdue);
}
