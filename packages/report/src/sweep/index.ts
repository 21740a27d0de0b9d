export type { SweepParameter, SweepReportData, TearSheetData } from './data.ts'
export { reportedMetrics } from './columns.ts'
export { rankRows } from './ranking.ts'
export { renderSweepReport, sweepReportPolicy } from './report.ts'
