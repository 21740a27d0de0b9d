export { BOT_ORDER_STATUSES, type BotOrder, type BotOrderStatus } from './bot-order.ts'
export {
  BAR_MODES,
  type BarMode,
  type BotRunState,
  type BotTurn,
  isFlat,
  isQuiet,
  type JournalEntry,
  startBotRun,
  takeBar,
  takeCommand,
} from './bot-run.ts'
export { type BarSeries, createBarReader } from './bar-reader.ts'
export { decide, type Decision } from './decide.ts'
export {
  ACTIVE_STATES,
  allowedEvents,
  BOT_EVENTS,
  BOT_STATES,
  type BotEvent,
  type BotState,
  RESTING_STATES,
  type Transition,
  transition,
  type TransitionEffect,
  type TransitionFacts,
} from './lifecycle.ts'
export {
  type RunBar,
  runBar,
  type RunBarReport,
  runCommand,
  type RunLog,
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
  type CommandEvent,
  CORE_COMMANDS,
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  createStepProgram,
  startState,
  type Step,
  step,
  type StepProgram,
} from './step.ts'
