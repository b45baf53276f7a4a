import { describeCommands } from "./describe-commands.js";
import { openKubernetes } from "./kubernetes-subject.js";

await describeCommands("Kubernetes", openKubernetes);
