import { describeFaults } from "./describe-faults.js";
import { openKubernetes } from "./subjects/kubernetes.js";

await describeFaults("provider `kubernetes`", openKubernetes);
