export {
  forwardBatch,
  jobIdOf,
  type OutboxJob,
  type OutboxPort,
  type RelayOptions,
  startRelay,
} from './relay.ts'
export { type Listen, startWokenLoop, type WokenLoopOptions } from './woken-loop.ts'
