export { barsOf, type Core, drivePaper, enterEffect, type PaperDrive, type PaperRun } from './drive-paper.ts'
