import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import type { Strategy } from '../strategy/index.ts'
import type { Params } from './axes.ts'

/** A copy of the strategy with each dotted path set; every path must lead to a number that is there already. */
export const applyParams = (strategy: Strategy, params: Params): Result<Strategy, readonly Problem[]> => {
  const copy = structuredCloneJson(strategy)
  const problems = Object.entries(params).flatMap(([path, value]) => setNumber(copy, path, value))
  return problems.length > 0 ? err(problems) : ok(copy)
}

/** Strategies are plain JSON; the engine has no structuredClone of the host. */
const structuredCloneJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const setNumber = (root: object, path: string, value: number): readonly Problem[] => {
  const names = path.split('.')
  const last = names.pop() ?? ''
  let node: unknown = root
  for (const name of names) node = isContainer(node) && Object.hasOwn(node, name) ? node[name] : undefined
  if (!isContainer(node) || !Object.hasOwn(node, last) || typeof node[last] !== 'number') {
    return [
      {
        path: `parameters.${path}`,
        expected: 'the path of a number in the strategy',
        actual: 'no number there',
      },
    ]
  }
  node[last] = value
  return []
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
