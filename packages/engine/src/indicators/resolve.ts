import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { SOURCE_FIELDS, type SourceField } from '../market/index.ts'
import { guarded, lengthFault } from './custom/trial.ts'
import type { IndicatorDefinition, IndicatorParameter, IndicatorParams, IndicatorSpec } from './definition.ts'
import { parameterOf } from './parameters.ts'
import { findIndicator, indicatorTypes, originOf } from './registry.ts'

/** An indicator as users write it: shapes are checked, names and ranges are not. */
export interface IndicatorRequest {
  readonly type: string
  readonly params?: IndicatorParams | undefined
  readonly source?: string | undefined
}

const describeRange = ({ integer, min, max }: IndicatorParameter): string =>
  `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`

const listOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))

const paramProblems = (definition: IndicatorDefinition, params: IndicatorParams, path: string): Problem[] => {
  const known = definition.parameters.map(({ name }) => name)
  const problems: Problem[] = Object.keys(params)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `${path}.params.${name}`,
      expected: `only the parameters of ${definition.type} (${listOf(known)})`,
      actual: 'an unknown parameter',
    }))
  for (const parameter of definition.parameters) {
    const value = Object.hasOwn(params, parameter.name) ? params[parameter.name] : undefined
    const fits =
      value !== undefined &&
      value >= parameter.min &&
      value <= parameter.max &&
      (!parameter.integer || Number.isInteger(value))
    if (fits) continue
    problems.push({
      path: `${path}.params.${parameter.name}`,
      expected: describeRange(parameter),
      actual: value === undefined ? 'missing' : String(value),
    })
  }
  return problems
}

const sourceProblems = (
  definition: IndicatorDefinition,
  source: string | undefined,
  path: string,
): Problem[] => {
  if (source === undefined) return []
  if (!definition.takesSource) {
    return [{ path: `${path}.source`, expected: `no source for ${definition.type}`, actual: source }]
  }
  if (isSourceField(source)) return []
  return [{ path: `${path}.source`, expected: `one of ${SOURCE_FIELDS.join(', ')}`, actual: source }]
}

/** The operator's code may fail with parameters that its checks did not try; a rule is not compiled around that. */
const foreignProblem = (
  definition: IndicatorDefinition,
  params: IndicatorParams,
  path: string,
): Problem | undefined => {
  const { type } = definition
  if (originOf(type) === undefined) return undefined
  const fault = guarded('lookback', () => lengthFault(definition, params))
  if (fault === undefined) return undefined
  return {
    path: `${path}.params`,
    expected: `parameters for which ${type}.${fault.part} is ${fault.expected}`,
    actual: fault.actual,
  }
}

const isSourceField = (source: string): source is SourceField =>
  SOURCE_FIELDS.some((field) => field === source)

/**
 * Checks an indicator against its definition: every parameter is required (the contract names no defaults), the
 * source defaults to close. Problems carry JSON paths below `path` (`indicators[0].params.period`).
 */
export const resolveIndicator = (
  request: IndicatorRequest,
  path: string,
): Result<IndicatorSpec, readonly Problem[]> => {
  const definition = findIndicator(request.type)
  if (definition === undefined) {
    return err([
      { path: `${path}.type`, expected: `one of ${indicatorTypes().join(', ')}`, actual: request.type },
    ])
  }
  const params = request.params ?? {}
  const problems = [
    ...paramProblems(definition, params, path),
    ...sourceProblems(definition, request.source, path),
  ]
  if (problems.length > 0) return err(problems)
  const foreign = foreignProblem(definition, params, path)
  if (foreign !== undefined) return err([foreign])
  const source = request.source !== undefined && isSourceField(request.source) ? request.source : 'close'
  return ok({ type: request.type, params: canonicalParams(definition, params), source })
}

/** Parameters in the definition's order, so that equal specs have equal JSON. */
const canonicalParams = (definition: IndicatorDefinition, params: IndicatorParams): IndicatorParams =>
  Object.fromEntries(definition.parameters.map(({ name }) => [name, parameterOf(params, name)]))
