export { backtestChecksView, portfolioChecksView, runChecksView } from './checks.http.ts'
