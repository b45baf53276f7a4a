export { LauncherMissingError } from "./launcher-missing-error.js";
export { launcherPath, type LauncherTarget } from "./launcher-path.js";
