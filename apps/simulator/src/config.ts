import { symbolName } from '@botcriptofy/contracts/stream'
import { parseTimeframe } from '@botcriptofy/engine/market'
import { loadConfig, logLevel, port } from '@botcriptofy/runtime/config'
import { z } from 'zod'

const timeframe = z
  .string()
  .refine((text) => parseTimeframe(text, '').ok, 'a timeframe such as 1m, 15m, 4h, 1d or 1w')

const MOST_SYMBOLS = 1000

/** `BTC/USDT,ETH/USDT`, or `200` for S001/USDT to S200/USDT. */
const symbolList = z.string().transform((text, context): readonly string[] => {
  if (/^\d{1,4}$/.test(text)) {
    const count = Number(text)
    if (count >= 1 && count <= MOST_SYMBOLS)
      return Array.from({ length: count }, (_, at) => `S${String(at + 1).padStart(3, '0')}/USDT`)
  }
  const names = text.split(',').filter((name) => name !== '')
  const symbols = z.array(symbolName).safeParse(names)
  if (symbols.success && !/^\d+$/.test(text)) return symbols.data
  context.addIssue({
    code: 'custom',
    message: `symbols such as BTC/USDT,ETH/USDT or a number up to ${MOST_SYMBOLS}`,
  })
  return z.NEVER
})

/** The simulator's environment. */
export const simulatorConfig = z.object({
  /** The simulator has no authentication and obeys fault commands, so it is never reachable from outside. */
  SIMULATOR_HOST: z.enum(['127.0.0.1', '::1'], 'a loopback address: 127.0.0.1 or ::1').default('127.0.0.1'),
  SIMULATOR_PORT: port.default(0),
  SIMULATOR_SEED: z.coerce.number().int().nonnegative().default(1),
  /** A candle file to replay; generated candles when it is left out. */
  SIMULATOR_CANDLES_FILE: z.string().min(1).optional(),
  SIMULATOR_SYMBOL: symbolName.default('BTC/USDT'),
  /** Several markets: names with commas between them, or how many; in place of SIMULATOR_SYMBOL. */
  SIMULATOR_SYMBOLS: z.string().default('').pipe(symbolList),
  SIMULATOR_TIMEFRAME: timeframe.default('1m'),
  /** Bars that have closed already when the simulator starts. */
  SIMULATOR_HISTORY_BARS: z.coerce.number().int().nonnegative().optional(),
  /** Simulated milliseconds that pass in a real one. */
  SIMULATOR_SPEED: z.coerce.number().positive().max(1_000_000).default(60),
  /** Levels of each side that the market's book has; 20,000 make Coinbase's snapshots as large as they are. */
  SIMULATOR_BOOK_LEVELS: z.coerce.number().int().min(10).max(50_000).default(200),
  LOG_LEVEL: logLevel,
})
export type SimulatorConfig = z.infer<typeof simulatorConfig>

/** The only place of this process that reads the environment. */
export const readSimulatorConfig = (): SimulatorConfig => loadConfig(simulatorConfig, process.env)
