import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { readJsonFile } from '../json-file/json-file.ts'

/** Reads the file of `--config`; the defaults without one. */
export const readConfigFile = async (path: string | undefined): Promise<BacktestConfig> =>
  path === undefined
    ? backtestConfigSchema.parse({})
    : readJsonFile({ path, option: '--config', schema: backtestConfigSchema })

const WIDTH = Math.max(...Object.keys(backtestConfigSchema.shape).map((key) => key.length))

/** Every key of the configuration with its default and what it is, for `--help`. */
export const describeConfig = (): string => {
  const defaults = backtestConfigSchema.parse({})
  const lines = Object.entries(backtestConfigSchema.shape).map(([key, schema]) => {
    const value = JSON.stringify(defaults[key as keyof BacktestConfig])
    return `  ${key.padEnd(WIDTH)}  ${schema.description ?? ''} [${value}]`
  })
  return `\nKeys of the configuration, with their defaults:\n${lines.join('\n')}\n`
}
