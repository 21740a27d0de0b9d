export { barsOf, type Core, drivePaper, enterEffect, type PaperDrive, type PaperRun } from './drive-paper.ts'
export {
  describeEvents,
  describePaperTrade,
  paperBars,
  type PaperRow,
  runScene,
  type Scene,
} from './scripted.ts'
export { paperArbitrary } from './random-paper.ts'
