import type { Command } from 'commander'
import { BadInput } from '../failure.ts'

export interface SearchFlags {
  readonly objective: string
  readonly atLeast?: readonly string[]
  readonly atMost?: readonly string[]
  readonly search: string
  readonly runs?: string
  readonly seconds?: string
  readonly seed?: string
}

const again = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text]

export const addSearchOptions = (command: Command): Command =>
  command
    .option(
      '--objective <metric>',
      'what ranks the runs: a metric, highest first; --objective=-fees lowest first; or weights: sharpe=0.7,calmar=0.3',
      'sharpe',
    )
    .option('--at-least <metric=value>', 'a constraint, again for each: trades=30, maxDrawdown=-0.2', again)
    .option('--at-most <metric=value>', 'a constraint, again for each: exposureTime=0.5', again)
    .option(
      '--search <method>',
      'grid (all of it), random, latin_hypercube, successive_halving or tpe (learns from the runs before)',
      'grid',
    )
    .option('--runs <count>', 'how many runs: of a grid the first, else the size of the search')
    .option('--seconds <count>', 'hand out no more runs so long after the first began')
    .option('--seed <number>', 'of a search; the same seed gives the same runs')

/** The part of a submission that says what is searched and how; the server knows the methods and the metrics. */
export const searchBody = (flags: SearchFlags) => {
  const isGrid = flags.search === 'grid'
  const runs = optional('runs', flags.runs)
  const seed = optional('seed', flags.seed)
  if (isGrid && 'seed' in seed) throw new BadInput('--seed: expected a search by chance, was grid')
  const budget = { ...(isGrid ? runs : {}), ...optional('seconds', flags.seconds) }
  return {
    objective: objectiveOf(flags),
    // Left out for a grid, which servers without searches run too.
    ...(isGrid ? {} : { search: { method: flags.search, ...runs, ...seed } }),
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
  }
}

const optional = (name: 'runs' | 'seconds' | 'seed', text: string | undefined) =>
  text === undefined ? {} : { [name]: parseNumber(text, `--${name}`) }

const objectiveOf = ({ objective, atLeast = [], atMost = [] }: SearchFlags) => {
  const constraints = [
    ...atLeast.map((text) => constraintOf(text, 'atLeast', '--at-least')),
    ...atMost.map((text) => constraintOf(text, 'atMost', '--at-most')),
  ]
  const bounds = constraints.length === 0 ? {} : { constraints }
  if (objective.includes('=')) return { weighted: weightsOf(objective), ...bounds }
  const isLowest = objective.startsWith('-')
  if (!isLowest && constraints.length === 0) return objective
  const direction = isLowest ? 'minimize' : 'maximize'
  return { metric: objective.replace(/^-/, ''), direction, ...bounds }
}

const weightsOf = (text: string) =>
  text.split(',').map((part) => {
    const [metric, weight] = pairOf(part, '--objective', 'metric=weight,metric=weight')
    return { metric, weight }
  })

const constraintOf = (text: string, bound: 'atLeast' | 'atMost', option: string) => {
  const [metric, value] = pairOf(text, option, 'metric=value')
  return { metric, [bound]: value }
}

const pairOf = (text: string, option: string, expected: string): readonly [name: string, value: number] => {
  const at = text.indexOf('=')
  const [name, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  if (name === '') throw new BadInput(`${option}: expected ${expected}, was ${text}`)
  return [name, parseNumber(value, option)]
}

const parseNumber = (text: string, option: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new BadInput(`${option}: expected a number, was ${JSON.stringify(text)}`)
}
