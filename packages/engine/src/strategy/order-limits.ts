import type { Problem } from '../kernel/index.ts'
import type { EntryOrder, PriceLevel, Strategy } from './strategy.ts'

const MAX_STEPS = 20
/** Shares such as 0.1 and 0.9 may add up to a rounding error above 1. */
const SHARE_SLACK = 1e-12

interface Requirement {
  readonly path: string
  readonly value: number
  readonly expected: string
  readonly fits: boolean
}

const problemsOf = (requirements: readonly Requirement[]): Problem[] =>
  requirements
    .filter(({ fits }) => !fits)
    .map(({ path, expected, value }) => ({ path, expected, actual: String(value) }))

const wholeBars = (path: string, value: number): Requirement => ({
  path,
  value,
  expected: 'a whole number of bars, 1 or more',
  fits: Number.isInteger(value) && value >= 1,
})

const levelRequirements = (path: string, level: PriceLevel): Requirement[] => {
  if (!('offsetFraction' in level)) return []
  const { offsetFraction: value } = level
  const expected = 'a number from 0 and below 1'
  return [{ path: `${path}.offsetFraction`, value, expected, fits: value >= 0 && value < 1 }]
}

const entryOrderRequirements = (order: EntryOrder): Requirement[] => [
  ...('stop' in order ? levelRequirements('entryOrder.stop', order.stop) : []),
  ...('limit' in order ? levelRequirements('entryOrder.limit', order.limit) : []),
  ...(order.expireBars === undefined ? [] : [wholeBars('entryOrder.expireBars', order.expireBars)]),
]

interface Distances {
  readonly path: string
  readonly fractions: readonly number[]
  readonly below: number
}

/** Distances lie between 0 and `below` and ascend, so that the nearest step is reached first. */
const distanceRequirements = ({ path, fractions, below }: Distances): Requirement[] => [
  {
    path,
    value: fractions.length,
    expected: `at most ${MAX_STEPS} steps`,
    fits: fractions.length <= MAX_STEPS,
  },
  ...fractions.map((value, index) => {
    const least = fractions[index - 1] ?? 0
    const expected =
      below === Infinity ? `a number above ${least}` : `a number above ${least} and below ${below}`
    return { path: `${path}[${index}].fraction`, value, expected, fits: value > least && value < below }
  }),
]

const scaleInRequirements = (steps: NonNullable<Strategy['scaleIn']>): Requirement[] => [
  ...distanceRequirements({ path: 'scaleIn', fractions: steps.map(({ fraction }) => fraction), below: 1 }),
  ...steps.map(({ size: value }, index) => ({
    path: `scaleIn[${index}].size`,
    value,
    expected: 'a number above 0',
    fits: value > 0 && value < Infinity,
  })),
]

/** A price cannot fall by all of itself, so the targets of a short lie below 1. */
const scaleOutRequirements = (
  steps: NonNullable<Strategy['scaleOut']>,
  direction: Strategy['direction'],
): Requirement[] => {
  const total = steps.reduce((sum, { share }) => sum + share, 0)
  return [
    ...distanceRequirements({
      path: 'scaleOut',
      fractions: steps.map(({ fraction }) => fraction),
      below: direction === 'long' ? Infinity : 1,
    }),
    ...steps.map(({ share: value }, index) => ({
      path: `scaleOut[${index}].share`,
      value,
      expected: 'a number above 0 and at most 1',
      fits: value > 0 && value <= 1,
    })),
    {
      path: 'scaleOut',
      value: total,
      expected: 'shares of at most 1 in all',
      fits: total <= 1 + SHARE_SLACK,
    },
  ]
}

/** Checks the ranges of entry order, scaling and time exit. */
export const orderProblems = ({ direction, entryOrder, scaleIn, scaleOut, timeExit }: Strategy): Problem[] =>
  problemsOf([
    ...(entryOrder === undefined ? [] : entryOrderRequirements(entryOrder)),
    ...(scaleIn === undefined ? [] : scaleInRequirements(scaleIn)),
    ...(scaleOut === undefined ? [] : scaleOutRequirements(scaleOut, direction)),
    ...(timeExit === undefined ? [] : [wholeBars('timeExit.bars', timeExit.bars)]),
  ])
