export { renderWalkForwardReport, type WalkForwardReportData, walkforwardReportPolicy } from './report.ts'
