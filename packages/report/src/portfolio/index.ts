export type { PortfolioReportData, ReportedMember } from './data.ts'
export { portfolioReportPolicy, renderPortfolioReport } from './report.ts'
