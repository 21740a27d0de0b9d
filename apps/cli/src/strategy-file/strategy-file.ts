import { strategySchema } from '@botcriptofy/contracts/strategy'
import { compileStrategy, type Program, type Strategy } from '@botcriptofy/engine/strategy'
import { badFile, readJsonFile } from '../json-file/json-file.ts'

/** A strategy that was read, and the file that messages name. */
export interface StrategyFile {
  readonly path: string
  readonly strategy: Strategy
}

/** Reads the file of `--strategy` and checks all that can be checked without candles. */
export const readStrategyFile = async (path: string): Promise<StrategyFile> => {
  const strategy = await readJsonFile({ path, option: '--strategy', schema: strategySchema })
  const file = { path, strategy }
  programFor(file, undefined)
  return file
}

/** The program for bars of this length; a timeframe that does not fit them is a `BadInput`. */
export const programFor = ({ path, strategy }: StrategyFile, barMs: number | undefined): Program => {
  const compiled = compileStrategy(strategy, { barMs })
  if (!compiled.ok) throw badFile(path, compiled.error)
  return compiled.value
}
