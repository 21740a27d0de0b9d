export {
  forwardBatch,
  jobIdOf,
  type OutboxJob,
  type OutboxPort,
  type RelayOptions,
  startRelay,
} from './relay.ts'
