import type { RunChecks } from '@botcriptofy/engine/checks'
import { describeData } from './data-text.ts'
import { describeLookahead } from './lookahead-text.ts'
import { describeWarmup } from './warmup-text.ts'

/** The checks of one backtest of the API. */
export const describeRunChecks = ({ data, warmup, lookahead }: RunChecks): string =>
  `Candles: ${describeData(data)}\nWarm-up\n${describeWarmup(warmup)}\nLook-ahead\n${describeLookahead(lookahead)}`
