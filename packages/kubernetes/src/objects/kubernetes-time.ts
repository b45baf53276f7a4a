/** A time as Kubernetes' `Time` is written: RFC 3339, to the second. */
export function kubernetesTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, "");
}
