export type { SweepParameter, SweepReportData, TearSheetData } from './data.ts'
export { reportedMetrics } from './columns.ts'
export { renderSweepReport, sweepReportPolicy } from './report.ts'
