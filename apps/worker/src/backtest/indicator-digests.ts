import { indicatorDigests } from '@botcriptofy/engine/indicators'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'

/** The sha256 of the module of each custom indicator that a strategy uses, by type; built-in ones have none. */
export type IndicatorDigests = Readonly<Record<string, string>>

/** The modules of this thread are not those of the process that accepted the work. */
export class IndicatorMismatch extends Error {}

export const digestsOf = ({ indicators }: Strategy): IndicatorDigests =>
  indicatorDigests(Object.values(indicators))

/** Refused, not computed with other formulas: another try may reach a worker whose modules are the same. */
export const requireSameIndicators = (strategy: Strategy, expected: IndicatorDigests): void => {
  const own = digestsOf(strategy)
  if (canonicalJson(own) === canonicalJson(expected)) return
  const [type = ''] = [...Object.keys(expected), ...Object.keys(own)].filter(
    (each) => own[each] !== expected[each],
  )
  throw new IndicatorMismatch(
    `expected the indicator ${type} of a module with sha256 ${expected[type] ?? 'none'}, this worker has ${own[type] ?? 'none'}; INDICATOR_MODULES must name the same modules for api and worker, and both must have been started with them`,
  )
}
