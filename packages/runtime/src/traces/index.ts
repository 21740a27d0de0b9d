export { noTraces, openTraces, type TracedRequest, type Traces } from './traces.ts'
