// The Worker: what wrangler deploys.
import { deployment } from "./config.ts";
import { createWorker } from "./worker.ts";

const worker = createWorker(deployment);

export default worker.handler;
export const RunPartition = worker.RunPartition;
export const WorkflowLimits = worker.WorkflowLimits;
export const Connection = worker.Connection;
export const Poller = worker.Poller;
export const Scheduler = worker.Scheduler;
