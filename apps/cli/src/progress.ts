import type { RunPace } from '@botcriptofy/contracts/backtest'
import { durationText } from '@botcriptofy/report/metric-text'
import cliProgress from 'cli-progress'

export type Pace = Pick<RunPace, 'ratePerSecond' | 'timeLeftMs'>

export interface Progress {
  /** Without a pace the mean one since the start is shown. */
  readonly update: (done: number, pace?: Pace) => void
  readonly stop: () => void
}

/** A line every so many seconds where there is no terminal, so that a log is readable. */
const LINE_EVERY_MS = 2000

/** A bar on a terminal, now and then a line elsewhere; always on stderr. */
export const startProgress = (label: string, total: number): Progress => {
  if (!process.stderr.isTTY) return progressLines(label, total)
  const startedMs = Date.now()
  const bar = new cliProgress.SingleBar(
    { format: `${label} {bar} {value}/{total} {percentage}%{pace}`, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  )
  bar.start(total, 0, { pace: '' })
  return {
    update: (done, pace = meanPace({ done, total, elapsedMs: Date.now() - startedMs })) =>
      bar.update(done, { pace: paceText(pace) }),
    stop: () => bar.stop(),
  }
}

const meanPace = (at: {
  readonly done: number
  readonly total: number
  readonly elapsedMs: number
}): Pace => {
  const { done, total, elapsedMs } = at
  if (done === 0 || elapsedMs === 0) return { ratePerSecond: null, timeLeftMs: null }
  return { ratePerSecond: (done / elapsedMs) * 1000, timeLeftMs: ((total - done) * elapsedMs) / done }
}

/** ` · 412/s · 2m 10s left`; nothing where there is no rate. */
export const paceText = ({ ratePerSecond, timeLeftMs }: Pace): string =>
  ratePerSecond === null || timeLeftMs === null
    ? ''
    : ` · ${rateText(ratePerSecond)} · ${durationText(timeLeftMs)} left`

/** Slow work is told by the minute, so that no rate reads 0/s. */
const rateText = (perSecond: number): string => {
  if (perSecond < 0.1) return `${(perSecond * 60).toPrecision(2)}/min`
  return perSecond < 10 ? `${perSecond.toFixed(1)}/s` : `${Math.round(perSecond)}/s`
}

const progressLines = (label: string, total: number): Progress => {
  let lastMs = Date.now()
  return {
    update: (done, pace) => {
      if (Date.now() - lastMs < LINE_EVERY_MS) return
      lastMs = Date.now()
      process.stderr.write(`${label} ${done}/${total}${pace === undefined ? '' : paceText(pace)}\n`)
    },
    stop: () => undefined,
  }
}
