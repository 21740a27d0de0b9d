import { err, ok, type Problem, type Result } from '../../kernel/index.ts'
import { defineStream, type IndicatorDefinition } from '../definition.ts'
import { addIndicator, findIndicator, type IndicatorOrigin, originOf } from '../registry.ts'
import { batchFault } from './check-batch.ts'
import { streamFault } from './check-stream.ts'
import { declarationFault } from './declaration.ts'
import { type Fault, guarded, lengthsFault, trialsOf } from './trial.ts'

const nameFault = ({ type }: IndicatorDefinition): Fault | undefined => {
  if (findIndicator(type) === undefined) return undefined
  const owner = originOf(type)?.module
  const actual = owner === undefined ? `that of a built-in one` : `that of one of ${owner}`
  return { part: 'type', expected: 'a name that no other indicator has', actual }
}

const lengthsGuarded = (definition: IndicatorDefinition): Fault | undefined =>
  guarded('lookback', () => lengthsFault(definition))

/** The first thing wrong with a definition; trials run on seeded series, so that it is the same on every start. */
const faultOf = (definition: IndicatorDefinition): Fault | undefined => {
  const declared = declarationFault(definition) ?? nameFault(definition) ?? lengthsGuarded(definition)
  if (declared !== undefined) return declared
  const trials = trialsOf(definition)
  // The streaming form is held against the batch form, which therefore has to be right on every series first.
  for (const check of [batchFault, streamFault]) {
    for (const trial of trials) {
      const fault = check(trial)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

/**
 * Makes an operator's indicator usable wherever a type is named, for the life of the process. It is refused, and the
 * problem names the module, the indicator and the part at fault, when its name is taken or malformed or when one of
 * its forms does not keep what `IndicatorDefinition` says.
 */
export const registerIndicator = (
  definition: IndicatorDefinition,
  origin: IndicatorOrigin,
): Result<IndicatorDefinition, Problem> => {
  const fault = faultOf(definition)
  if (fault !== undefined) {
    const { part, expected, actual } = fault
    return err({ path: `${origin.module}: ${definition.type}.${part}`, expected, actual })
  }
  // Bars that hold no finite numbers are refused before they reach it, as with the built-in ones.
  const registered = { ...definition, stream: defineStream(definition.stream) }
  addIndicator(registered, origin)
  return ok(registered)
}
