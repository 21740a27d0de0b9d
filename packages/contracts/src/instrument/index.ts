export { instrumentPage, instrumentQuery, instrumentRules, instrumentView } from './instrument.http.ts'
