export { javaHashCode } from "./java-random.js";
export { localLease, type LocalValue, localValue } from "./local-value.js";
