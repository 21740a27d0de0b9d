export { type EndedWalkForward, type EndedWindow, type JoinedWalkForward, joinTests } from './join-tests.ts'
export {
  checkWalkForward,
  type CheckedWalkForward,
  type WalkForwardRequest,
  type WindowPlan,
} from './check-walkforward.ts'
export {
  submitWalkForwardBody,
  walkforwardPage,
  type WalkForwardResult,
  walkforwardResult,
  walkforwardSummary,
  type WalkForwardView,
  walkforwardView,
  type WalkForwardWindowView,
} from './walkforward.http.ts'
export { walkforwardJobs, walkforwardPayload } from './walkforward.jobs.ts'
