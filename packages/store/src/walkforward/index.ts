export { acceptWalkForward, type NewWalkForward } from './accept.ts'
export {
  findBarsBefore,
  findBestRun,
  findWalkForwardForWork,
  findWindowRun,
  isUnchanged,
  listWindows,
  pinRange,
  type WalkForwardForWork,
} from './for-work.ts'
export {
  cancelWalkForward,
  completeWalkForward,
  endWindow,
  type Failure,
  failWalkForward,
  type PinnedWindow,
  startTest,
  startTrainings,
  type StepJob,
  type StepOutcome,
  takeStep,
} from './steps.ts'
export {
  findTestEquity,
  findWalkForward,
  listWalkForwards,
  listWindowResults,
  type WalkForwardRow,
  type WindowResultRow,
} from './walkforward.repository.ts'
