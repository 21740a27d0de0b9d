import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import type { BacktestConfig } from '@botcriptofy/engine/backtest'
import { readJsonFile } from '../json-file/json-file.ts'

/** Reads the file of `--config`; the defaults without one. */
export const readConfigFile = async (path: string | undefined): Promise<BacktestConfig> =>
  path === undefined
    ? backtestConfigSchema.parse({})
    : readJsonFile({ path, option: '--config', schema: backtestConfigSchema })
