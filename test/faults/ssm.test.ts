import { describeFaults } from "./describe-faults.js";
import { openSsm } from "./subjects/ssm.js";

await describeFaults("provider `ssm`", openSsm);
