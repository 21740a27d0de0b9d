import { definitionOf } from '../indicators/index.ts'
import type { Problem } from '../kernel/index.ts'
import { SOURCE_FIELDS, type SourceField } from '../market/index.ts'
import type { IndicatorPlan, LeafPlan } from './program.ts'
import type { Reference } from './strategy.ts'

/** The names a rule may use: indicators by id, resolved to an index into `indicators`. */
export interface Names {
  readonly indicators: readonly IndicatorPlan[]
  readonly indexById: ReadonlyMap<string, number>
}

export const isField = (name: string): name is SourceField => SOURCE_FIELDS.some((field) => field === name)

const isSingle = (lines: readonly string[]): boolean => lines.length === 1

const indicatorAt = (names: Names, index: number): IndicatorPlan => names.indicators[index] as IndicatorPlan

/** What an operand may be called, for the message: `fast`, `macd.signal`. */
const referableNames = (names: Names): string[] =>
  [...names.indexById].flatMap(([id, index]) => {
    const { lines } = definitionOf(indicatorAt(names, index))
    return isSingle(lines) ? [id] : lines.map((line) => `${id}.${line}`)
  })

const findLine = (name: string, names: Names): { indicator: number; line: number } | null => {
  const dot = name.indexOf('.')
  const indicator = names.indexById.get(dot < 0 ? name : name.slice(0, dot))
  if (indicator === undefined) return null
  const { lines } = definitionOf(indicatorAt(names, indicator))
  if (dot < 0) return isSingle(lines) ? { indicator, line: 0 } : null
  const line = lines.indexOf(name.slice(dot + 1))
  return line < 0 || isSingle(lines) ? null : { indicator, line }
}

const planReference = (name: string, offset: number, names: Names): LeafPlan | null => {
  if (isField(name)) return { kind: 'field', field: name, offset }
  const found = findLine(name, names)
  return found === null ? null : { kind: 'line', ...found, offset }
}

/** Resolves an operand without arithmetic; problems are added to `problems` with paths at or below `path`. */
export const planLeaf = (
  operand: number | string | Reference,
  path: string,
  context: { readonly names: Names; readonly problems: Problem[] },
): LeafPlan | null => {
  const { names, problems } = context
  if (typeof operand === 'number') return { kind: 'number', value: operand }
  const isObject = typeof operand === 'object'
  const name = isObject ? operand.ref : operand
  const offset = isObject ? (operand.offset ?? 0) : 0
  if (!Number.isInteger(offset) || offset < 0) {
    const actual = String(offset)
    problems.push({ path: `${path}.offset`, expected: 'a whole number of bars, 0 or more', actual })
    return null
  }
  const plan = planReference(name, offset, names)
  if (plan === null) {
    const known = [...SOURCE_FIELDS, ...referableNames(names)].join(', ')
    const expected = isObject ? `one of ${known}` : `a number or one of ${known}`
    problems.push({ path: isObject ? `${path}.ref` : path, expected, actual: JSON.stringify(name) })
  }
  return plan
}
