import type { IndicatorDefinition, IndicatorParameter } from '../definition.ts'
import type { Fault } from './trial.ts'

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/
const NAME_RULE = 'letters, digits and _ that start with a letter'

const repeated = (names: readonly string[]): string | undefined =>
  names.find((name, position) => names.indexOf(name) !== position)

const namesFault = (part: string, names: readonly string[]): Fault | undefined => {
  const malformed = names.find((name) => !NAME.test(name))
  if (malformed !== undefined)
    return { part, expected: `names of ${NAME_RULE}`, actual: JSON.stringify(malformed) }
  const twice = repeated(names)
  return twice === undefined ? undefined : { part, expected: 'different names', actual: `${twice} twice` }
}

const rangeFault = ({ name, integer, min, max }: IndicatorParameter): Fault | undefined => {
  const isRange = Number.isFinite(min) && Number.isFinite(max) && min <= max
  if (isRange && (!integer || (Number.isInteger(min) && Number.isInteger(max)))) return undefined
  const expected = integer ? 'whole numbers min <= max' : 'finite numbers min <= max'
  return { part: `parameters.${name}`, expected, actual: `${min} and ${max}` }
}

/** What is wrong with the names and ranges of a definition. */
export const declarationFault = ({ type, parameters, lines }: IndicatorDefinition): Fault | undefined => {
  if (!NAME.test(type)) return { part: 'type', expected: NAME_RULE, actual: JSON.stringify(type) }
  if (lines.length === 0) return { part: 'lines', expected: 'at least one line', actual: 'none' }
  return (
    namesFault('lines', lines) ??
    namesFault(
      'parameters',
      parameters.map(({ name }) => name),
    ) ??
    parameters.map(rangeFault).find((fault) => fault !== undefined)
  )
}
