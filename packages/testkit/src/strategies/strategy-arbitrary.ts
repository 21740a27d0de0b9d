import { findIndicator, INDICATOR_TYPES } from '@botcriptofy/engine/indicators'
import { SOURCE_FIELDS } from '@botcriptofy/engine/market'
import {
  type Operand,
  OPERATORS,
  type Rule,
  type Strategy,
  type StrategyIndicator,
} from '@botcriptofy/engine/strategy'
import fc from 'fast-check'

export interface StrategyTraits {
  /** Timeframes indicators may have, besides none. */
  readonly timeframes: readonly string[]
  readonly types?: readonly string[]
}

const ids = ['a', 'b', 'c'] as const

const indicatorArbitrary = ({ timeframes, types = INDICATOR_TYPES }: StrategyTraits) =>
  fc.constantFrom(...types).chain((type): fc.Arbitrary<StrategyIndicator> => {
    const definition = findIndicator(type)
    const params = Object.fromEntries(
      (definition?.parameters ?? []).map(({ name, integer, min, max }) => [
        name,
        integer
          ? fc.integer({ min, max: Math.min(max, min + 6) })
          : fc.constantFrom(min, (min + Math.min(max, min + 4)) / 2),
      ]),
    )
    return fc.record({
      type: fc.constant(type),
      params: fc.record(params),
      source: definition?.takesSource === true ? fc.constantFrom(...SOURCE_FIELDS) : fc.constant(undefined),
      timeframe: fc.constantFrom(undefined, undefined, ...timeframes),
    })
  })

/** What an indicator may be called in a rule. */
const namesOf = (id: string, { type }: StrategyIndicator): string[] => {
  const lines = findIndicator(type)?.lines ?? []
  return lines.length === 1 ? [id] : lines.map((line) => `${id}.${line}`)
}

const operandArbitrary = (names: readonly string[]): fc.Arbitrary<Operand> =>
  fc.letrec<{ operand: Operand }>((tie) => {
    const several = fc.array(tie('operand'), { minLength: 2, maxLength: 3 })
    const two = fc.tuple(tie('operand'), tie('operand'))
    return {
      operand: fc.oneof(
        { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
        fc.constantFrom(...names),
        fc.integer({ min: -2, max: 25 }),
        fc.record({ ref: fc.constantFrom(...names), offset: fc.integer({ min: 0, max: 6 }) }),
        fc.record({ add: several }),
        fc.record({ sub: two }),
        fc.record({ mul: several }),
        fc.record({ div: two }),
        fc.record({ min: several }),
        fc.record({ max: several }),
        fc.record({ abs: fc.oneof(tie('operand'), fc.tuple(tie('operand'))) }),
      ),
    }
  }).operand

const ruleArbitrary = (operand: fc.Arbitrary<Operand>): fc.Arbitrary<Rule> =>
  fc.letrec<{ rule: Rule }>((tie) => {
    const rules = fc.array(tie('rule'), { minLength: 1, maxLength: 3 })
    return {
      rule: fc.oneof(
        { depthSize: 'small', maxDepth: 5, withCrossShrink: true },
        fc.record({ left: operand, op: fc.constantFrom(...OPERATORS), right: operand }),
        fc.record({ all: rules }),
        fc.record({ any: rules }),
        fc.record({ not: tie('rule') }),
      ),
    }
  }).rule

/** Strategies that use the whole rule language; they trade both sides and have no stops. */
export const strategyArbitrary = (traits: StrategyTraits): fc.Arbitrary<Strategy> =>
  fc.tuple(...ids.map(() => indicatorArbitrary(traits))).chain((indicators) => {
    const byId = Object.fromEntries(ids.map((id, index) => [id, indicators[index] as StrategyIndicator]))
    const names = [...SOURCE_FIELDS, ...Object.entries(byId).flatMap((entry) => namesOf(...entry))]
    const operand = operandArbitrary(names)
    const sides = fc.record({ long: ruleArbitrary(operand), short: ruleArbitrary(operand) })
    return fc.record({
      name: fc.constant('random'),
      version: fc.constant(1),
      direction: fc.constant('both' as const),
      indicators: fc.constant(byId),
      entry: sides,
      exit: sides,
      sizing: fc.constant({ kind: 'units' as const, value: 1 }),
      entryOrder: fc.record({ kind: fc.constant('limit' as const), limit: fc.record({ price: operand }) }),
    })
  })
