import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What a streamer tells about its feeds; `venue` and `market` are labels. */
export const streamMetrics = (registry: Registry) => {
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name: `botcriptofy_stream_${name}`, help, labelNames, registers: [registry] })
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name: `botcriptofy_stream_${name}`, help, labelNames, registers: [registry] })
  return {
    records: counter('records_total', 'Decoded frames, by kind', ['venue', 'type']),
    connects: counter('connects_total', 'Connections that were established', ['venue']),
    disconnects: counter('disconnects_total', 'Connections that ended, by reason', ['venue', 'reason']),
    gaps: counter('gaps_total', 'Jumps in the ids of trades', ['market']),
    missingTrades: counter('missing_trades_total', 'Trades whose ids were jumped over', ['market']),
    duplicates: counter('duplicates_total', 'Trades and candles that were already stored', ['market']),
    refused: counter('refused_total', 'Entries that Redis refused because it had them already', []),
    restarts: counter('restarts_total', 'Times the venue started its ids or clock over', ['market']),
    dropped: counter('dropped_total', 'Records dropped because Redis did not keep up', ['market']),
    repairedCandles: counter('repaired_candles_total', 'Candles fetched over REST', ['market']),
    repairedTrades: counter('repaired_trades_total', 'Missing trades fetched over REST', ['market']),
    silences: counter('silent_markets_total', 'Markets that were traded and sent nothing', ['market']),
    bookGaps: counter('book_gaps_total', 'Proven books that were lost, by reason', ['market', 'reason']),
    recordedFrames: counter('recorded_frames_total', 'Frames written to files as received', ['venue']),
    unrecordedFrames: counter('unrecorded_frames_total', 'Frames that were not, while recording', ['venue']),
    books: counter('books_total', 'Updates after which a book was proven', ['market']),
    connected: gauge('connected', 'Connections that are up and acknowledged', ['venue']),
    fenced: counter('fenced_total', 'Writes that were refused because the shard was taken over', ['shard']),
    takeOvers: counter('take_overs_total', 'Shards that this process began to write', ['shard']),
    shards: gauge('shard_role', '1 for what this process is to the shard, 0 else', ['shard', 'role']),
    wanted: gauge('wanted', 'Markets that somebody wants of the shards at hand', ['channel']),
    subscribers: gauge('subscribers', 'Who wants them, counted for every market', ['channel']),
    lag: gauge('lag_seconds', 'From the stamp of the venue to the receipt of the newest record', ['market']),
    published: new Histogram({
      name: 'botcriptofy_stream_publish_seconds',
      help: 'From the receipt of the oldest record of a batch to its storage in Redis',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
      registers: [registry],
    }),
  }
}
export type StreamMetrics = ReturnType<typeof streamMetrics>
