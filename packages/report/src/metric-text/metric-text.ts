import type { MetricKey, MetricReasonCode } from '@botcriptofy/engine/metrics'
import { METRIC_DESCRIPTIONS, type MetricKind } from './metric-description.ts'
import { countText, durationText, moneyText, percentText, ratioText } from './number-text.ts'

const TEXT_OF_KIND: Readonly<Record<MetricKind, (value: number) => string>> = {
  percent: percentText,
  ratio: ratioText,
  money: moneyText,
  count: countText,
  duration: durationText,
}

/** A metric's value as people read it: `12.30%`, `54d 3h`; money without its unit. */
export const metricText = (key: MetricKey, value: number): string =>
  TEXT_OF_KIND[METRIC_DESCRIPTIONS[key].kind](value)

const REASON_TEXTS: Readonly<Record<MetricReasonCode, string>> = {
  NO_TRADES: 'no trades',
  NO_WINS: 'no winning trade',
  NO_LOSSES: 'no losing trade',
  TOO_FEW_TRADES: 'too few trades',
  TOO_FEW_DAYS: 'too few days',
  NO_NEGATIVE_RETURNS: 'no losing day',
  ZERO_VARIANCE: 'nothing varies',
  ZERO_TAIL: 'tail is zero',
  NO_DRAWDOWN: 'no drawdown',
  BLOWN_ACCOUNT: 'account lost',
  TOTAL_LOSS_TRADE: 'a trade lost everything',
  NO_BARS: 'no tradable bar',
  NOT_FINITE: 'beyond any scale',
}

/** Why a metric is undefined, in words; a code of a newer engine is shown as it is. */
export const reasonText = (code: string): string =>
  Object.hasOwn(REASON_TEXTS, code) ? REASON_TEXTS[code as MetricReasonCode] : code
