export type * from "./audit/audit-events.js";
export { writeAudit } from "./audit/audit-log.js";
export type { BrokerOptions } from "./broker-options.js";
export { type Broker, type BrokerFailedEvent, createBroker } from "./create-broker.js";
export {
  DELIVERED_LABEL,
  type DeliveredVersion,
  parseRecords,
  recordName,
} from "./delivered/delivered-record.js";
export type { DeliveredVersionsWrittenEvent } from "./delivered/delivered-versions.js";
export { readDeliveredVersions, writeDeliveredVersions } from "./delivered/record-store.js";
export type { Controller } from "./delivered/top-controller.js";
export { DEFAULT_RATE, type RateOptions } from "./limits/namespace-rate.js";
export { BrokerMetrics, type BrokerState } from "./metrics/broker-metrics.js";
export type { OnReplay } from "./release/claim-release.js";
export type { ReleaseTicket } from "./release/decide-release.js";
export { createMemoryLedger } from "./release/memory-ledger.js";
export type { ReleaseLedger } from "./release/release-ledger.js";
export { REFUSALS, type Refusal, type RefusalReason } from "./refusals.js";
export { type RunningBroker, serveBroker, type ServeOptions } from "./server/serve-broker.js";
export type { ServerLimits } from "./server/serve-broker.js";
export { type BrokerPlace, reportStatus, type ReportStatusOptions } from "./status/report-status.js";
export { createStoreReader, type StoreReader, type StoreReaderOptions } from "./stores/store-reader.js";
