export * from "./broken-request.js";
export * from "./create-log.js";
export * from "./listen.js";
export * from "./management-server.js";
export * from "./open-management.js";
export * from "./secure-server.js";
export * from "./tls-files.js";
export * from "./close-server.js";
