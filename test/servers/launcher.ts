export async function launcherBinary(): Promise<string> {
  return "/tmp/sluice-launch";
}
