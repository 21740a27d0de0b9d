import type { Command } from 'commander'
import { z } from 'zod'
import { BadInput } from '../failure.ts'
import { readJsonFile } from '../json-file/json-file.ts'
import { addressesOf } from './addresses.ts'
import { type RunningSimulator, type Settings, startSimulator } from './simulator-process.ts'

interface SimulateOptions {
  readonly port: string
  readonly seed: string
  readonly speed: string
  readonly symbols: string
  readonly candles?: string
  readonly timeframe: string
  readonly bookLevels: string
  readonly faults?: string
  readonly json?: boolean
}

export const defineSimulate = (command: Command): void => {
  command
    .option('--port <port>', 'of 127.0.0.1; 0 takes any that is free', '8090')
    .option('--seed <number>', 'decides every price and trade', '1')
    .option('--speed <factor>', 'simulated milliseconds that pass in a real one', '60')
    .option(
      '--symbols <list>',
      'markets, such as BTC/USDT,ETH/USDT, or how many (200: S001/USDT to S200/USDT)',
      'BTC/USDT',
    )
    .option('--candles <file>', 'replay these candles in place of generated ones; one symbol')
    .option('--timeframe <timeframe>', 'of the candles', '1m')
    .option('--book-levels <count>', 'levels of each side of the books', '200')
    .option('--faults <file>', 'a fault, a script of faults or a seed for random ones, JSON')
    .option('--json', 'print the addresses as one JSON object')
    .addHelpText('after', HELP)
    .action(simulate)
}

const HELP = `
A local Binance, Coinbase and Kraken: REST and WebSocket of all three at one port of this machine, over the same simulated
markets, with faults on command. Stays up until Ctrl-C.

Faults while it runs: POST <url>/simulator/faults, with what --faults takes. What was done: GET <url>/simulator/faults.`

const simulate = async (options: SimulateOptions): Promise<void> => {
  const faults = options.faults === undefined ? undefined : await readFaults(options.faults)
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const simulator = await startSimulator(settingsOf(options))
  try {
    if (options.faults !== undefined) await orderFaults(simulator, { path: options.faults, faults })
    print(simulator, options)
    await Promise.race([interrupted, simulator.failure])
  } finally {
    await simulator.stop()
  }
}

const settingsOf = (options: SimulateOptions): Settings => ({
  SIMULATOR_PORT: options.port,
  SIMULATOR_SEED: options.seed,
  SIMULATOR_SPEED: options.speed,
  SIMULATOR_SYMBOLS: options.symbols,
  SIMULATOR_TIMEFRAME: options.timeframe,
  SIMULATOR_BOOK_LEVELS: options.bookLevels,
  ...(options.candles !== undefined && { SIMULATOR_CANDLES_FILE: options.candles }),
})

/** The simulator says what is wrong inside. */
const readFaults = (path: string) =>
  readJsonFile({ path, option: '--faults', schema: z.record(z.string(), z.unknown()) })

const refusal = z.object({ error: z.string() })

const orderFaults = async (
  { url }: RunningSimulator,
  { path, faults }: { readonly path: string; readonly faults: unknown },
): Promise<void> => {
  const answer = await fetch(`${url}/simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  })
  if (answer.ok) return
  const { error } = refusal.parse(await answer.json())
  throw new BadInput(`${path}: ${error.replaceAll(/\s+/g, ' ').trim()}`)
}

const print = ({ url, symbols }: RunningSimulator, { json, seed, speed }: SimulateOptions): void => {
  const venues = addressesOf(url)
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ url, symbols, venues })}\n`)
    return
  }
  const shown = symbols.length > 5 ? `${symbols.length} markets` : symbols.join(', ')
  const lines = Object.entries(venues).flatMap(([venue, { rest, webSocket, privateWebSocket, ccxt }]) => [
    '',
    venue,
    `  REST                ${rest}`,
    `  WebSocket           ${webSocket}`,
    `  orders and fills    ${privateWebSocket}`,
    `  new ccxt.${venue}(${JSON.stringify(ccxt)})`,
  ])
  process.stdout.write(`${shown}, seed ${seed}, ${speed} times as fast as real time\n${lines.join('\n')}\n`)
  process.stderr.write('\nCtrl-C stops it.\n')
}
