/** How a cluster is found, and who we are there. */
export interface ConnectionOptions {
  /** Absolute path of a kubeconfig. By default that of `KUBECONFIG`, `~/.kube/config`, or the pod's own account. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; its current one by default. */
  readonly context?: string;
  /** Where `KUBECONFIG`, `HOME` and `KUBERNETES_SERVICE_HOST` are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where a pod finds its account; for tests. */
  readonly serviceAccountFolder?: string;
}
