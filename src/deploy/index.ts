/** Conductance map → programmed and verified cells. */
export { type DeployOptions, deploy } from "./deploy.ts";
export { requireDeployed } from "./held.ts";
export type { DeployReport, LayerDeployment } from "./report.ts";
