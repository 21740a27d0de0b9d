export { type BarSeries, createBarReader } from './bar-reader.ts'
export { decide, type Decision } from './decide.ts'
export {
  type RunBar,
  runBar,
  runSteps,
  startRun,
  type StepResult,
  type StepRun,
  type StepRunState,
  type StepSeries,
} from './run-steps.ts'
export { flatStance, noteEffects, noteEvent, type Stance } from './stance.ts'
export {
  type CandleEvent,
  type CoreEvent,
  type CoreState,
  createStepProgram,
  startState,
  type Step,
  step,
  type StepProgram,
} from './step.ts'
