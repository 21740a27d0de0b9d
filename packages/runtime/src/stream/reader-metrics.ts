import { Counter, Gauge, type Registry } from 'prom-client'

/** What a process tells about its reading of the tape. */
export const tapeReaderMetrics = (registry: Registry) => ({
  consumers: new Gauge({
    name: 'botcriptofy_tape_consumers',
    help: 'Subscriptions to the tape of one market each',
    registers: [registry],
  }),
  lagged: new Counter({
    name: 'botcriptofy_tape_lagged_records_total',
    help: 'Trades and candles that slow consumers were told they missed',
    registers: [registry],
  }),
  interruptions: new Counter({
    name: 'botcriptofy_tape_interruptions_total',
    help: 'Times that the tape could not be read',
    registers: [registry],
  }),
})
export type TapeReaderMetrics = ReturnType<typeof tapeReaderMetrics>

/** The API's WebSocket clients. */
export const marketStreamMetrics = (registry: Registry) => ({
  connections: new Gauge({
    name: 'botcriptofy_market_stream_connections',
    help: 'WebSocket clients of GET /v1/markets/stream',
    registers: [registry],
  }),
  cuts: new Counter({
    name: 'botcriptofy_market_stream_cuts_total',
    help: 'Clients that were cut: slow ones do not read, silent ones do not answer',
    labelNames: ['reason'],
    registers: [registry],
  }),
})
