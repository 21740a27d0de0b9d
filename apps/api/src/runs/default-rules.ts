import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import type { Db } from '@botcriptofy/store/database'
import { findInstrument, type Instrument } from '@botcriptofy/store/instrument'

type RuleKey = 'feeRate' | 'makerFeeRate' | 'quantityStep' | 'priceTick' | 'minNotional'

type Known = Instrument | undefined

/** The dearest fee of those that are known: a portfolio has one for all. */
const highest = (rates: readonly (number | null | undefined)[]): number | undefined => {
  const known = rates.filter((rate) => typeof rate === 'number')
  return known.length === 0 ? undefined : Math.max(...known)
}

/** What all say alike; steps of one symbol mean nothing for another. */
const shared = (values: readonly (number | null | undefined)[]): number | undefined => {
  const [first] = values
  return typeof first === 'number' && values.every((value) => value === first) ? first : undefined
}

/** What the instruments of a run say about fees and steps; keys that they say nothing about are left out. */
export const defaultRules = async (
  db: Db,
  markets: readonly { readonly venue: string; readonly symbol: string }[],
  config: Readonly<Record<string, unknown>>,
): Promise<Partial<Pick<BacktestConfig, RuleKey>>> => {
  const instruments: Known[] = []
  for (const market of markets) instruments.push(await findInstrument(db, market))
  const of = (key: keyof Instrument & `${string}${'Rate' | 'Step' | 'Tick' | 'Notional'}`) =>
    instruments.map((instrument) => instrument?.[key])
  const rules: Readonly<Record<RuleKey, number | null | undefined>> = {
    feeRate: highest(of('takerFeeRate')),
    // A caller who names one fee means it for every fill.
    makerFeeRate: config['feeRate'] === undefined ? highest(of('makerFeeRate')) : null,
    quantityStep: shared(of('quantityStep')),
    priceTick: shared(of('priceTick')),
    minNotional: shared(of('minNotional')),
  }
  return Object.fromEntries(
    Object.entries(rules).filter(([, value]) => value !== undefined && value !== null),
  )
}
