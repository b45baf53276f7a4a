/** There is no launcher for a platform here, because none exists or because its package is not installed. */
export class LauncherMissingError extends Error {
  override readonly name = "LauncherMissingError";
}
