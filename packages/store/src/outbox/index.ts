export {
  findOpenJobs,
  forwardOutbox,
  insertJobs,
  listenDispatch,
  listenOutbox,
  markJobDone,
  type NewJob,
  oldestUnsentSeconds,
  type OutboxRow,
  resendJob,
  touchOpenJobs,
  withdrawJobs,
} from './outbox.repository.ts'
