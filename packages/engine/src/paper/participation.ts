import type { Grid } from './grid.ts'
import type { PaperSetup } from './setup.ts'

/** Quantity that all orders together may fill in a bar; null without a cap. */
export const barCapacity = ({ config, quantities }: PaperSetup, volume: number): number | null =>
  config.participation === null ? null : quantities.at(quantities.floorIndex(config.participation * volume))

/** Sum and difference of whole steps: the doubles nearest to them, without the dust of a float subtraction. */
export const plusSteps = (grid: Grid, a: number, b: number): number =>
  grid.at(grid.floorIndex(a) + grid.floorIndex(b))
export const minusSteps = (grid: Grid, a: number, b: number): number =>
  a === b ? 0 : grid.at(grid.floorIndex(a) - grid.floorIndex(b))

interface Capped {
  readonly setup: PaperSetup
  capacity: number | null
}

/** Takes up to `wanted` from what the bar can still fill. */
export const takeCapacity = (run: Capped, wanted: number): number => {
  if (run.capacity === null) return wanted
  const taken = Math.min(wanted, run.capacity)
  run.capacity = minusSteps(run.setup.quantities, run.capacity, taken)
  return taken
}
