export {
  findOpenJobs,
  forwardOutbox,
  insertJobs,
  listenOutbox,
  markJobDone,
  type NewJob,
  oldestUnsentSeconds,
  type OutboxRow,
  resendJob,
  touchOpenJobs,
  withdrawJobs,
} from './outbox.repository.ts'
