export { marketsPage, marketsPagePolicy } from './page.ts'
