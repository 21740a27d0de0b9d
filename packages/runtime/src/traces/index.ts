export { openTraces } from './open-traces.ts'
export { noTraces, type TracedRequest, type Traces } from './traces.ts'
