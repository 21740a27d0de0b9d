import type { Candles } from '../market/index.ts'
import { DATA_FINDING_CODES, type DataCheck, type DataFinding, type DataFindingCode } from './findings.ts'
import { type Found, NOTHING } from './places.ts'
import { findSpikes, SPIKE_DEVIATIONS } from './spikes.ts'
import { findDuplicates, findFlatRuns, findZeroVolume, FLAT_RUN_BARS } from './still-bars.ts'
import { findMissing, findOddSteps, usualStep } from './time-steps.ts'
import { gravest } from './verdict.ts'

interface Search {
  /** Shares of the bars. What no exchange should send warns at the first bar. */
  readonly warnAbove: number
  readonly failAbove: number
  readonly find: (candles: Candles, barMs: number | null) => Found
  readonly describe: (found: Found) => string
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const SEARCHES: Readonly<Record<DataFindingCode, Search>> = {
  GAPS: {
    warnAbove: 0,
    failAbove: 0.05,
    find: (candles, barMs) => (barMs === null ? NOTHING : findMissing(candles, barMs)),
    describe: ({ bars, groups }) => `${counted(bars, 'bar')} missing in ${counted(groups, 'gap')}`,
  },
  ODD_STEPS: {
    warnAbove: 0,
    failAbove: 0.01,
    find: (candles, barMs) => (barMs === null ? NOTHING : findOddSteps(candles, barMs)),
    describe: ({ bars }) => `${counted(bars, 'bar')} no whole number of bars after the one before`,
  },
  DUPLICATE_BARS: {
    warnAbove: 0,
    failAbove: 0.01,
    find: findDuplicates,
    describe: ({ bars }) => `${counted(bars, 'bar')} equal to the one before, volume included`,
  },
  SPIKES: {
    warnAbove: 0,
    failAbove: 0.005,
    find: findSpikes,
    describe: ({ bars }) => `${counted(bars, 'bar')} more than ${SPIKE_DEVIATIONS} deviations out`,
  },
  ZERO_VOLUME: {
    warnAbove: 0.01,
    failAbove: 0.2,
    find: findZeroVolume,
    describe: ({ bars }) => `${counted(bars, 'bar')} without volume`,
  },
  FLAT_RUNS: {
    warnAbove: 0,
    failAbove: 0.05,
    find: findFlatRuns,
    describe: ({ bars, groups }) =>
      `${counted(bars, 'bar')} at an unmoving price, in ${counted(groups, 'run')} of ${FLAT_RUN_BARS} or more`,
  },
}

const findingOf = (code: DataFindingCode, candles: Candles, barMs: number | null): DataFinding => {
  const { warnAbove, failAbove, find, describe } = SEARCHES[code]
  const found = find(candles, barMs)
  const { bars: count, places } = found
  const share = count === 0 ? 0 : count / (candles.time.length + (code === 'GAPS' ? count : 0))
  return {
    code,
    verdict: share > failAbove ? 'fail' : share > warnAbove ? 'warn' : 'pass',
    count,
    share,
    warnAbove,
    failAbove,
    text: count === 0 ? 'none' : describe(found),
    places,
  }
}

/** Looks for what makes candles doubtful. Nothing is repaired; the verdicts say how much of it there is. */
export const checkData = (candles: Candles): DataCheck => {
  const { time } = candles
  const barMs = usualStep(candles)
  const findings = DATA_FINDING_CODES.map((code) => findingOf(code, candles, barMs))
  return {
    verdict: gravest(findings.map(({ verdict }) => verdict)),
    bars: time.length,
    fromMs: time[0] ?? null,
    toMs: time.at(-1) ?? null,
    barMs,
    findings,
  }
}
