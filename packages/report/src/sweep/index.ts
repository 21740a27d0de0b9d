export type { SweepParameter, SweepReportData, SweepRun } from './data.ts'
export { renderSweepReport, sweepReportPolicy } from './report.ts'
