export { backtestChecksView, portfolioChecksView, runChecksView, sweepChecksView } from './checks.http.ts'
