import { Counter, type Registry } from 'prom-client'

/** What this process did for the archive of candles. */
export const archiveMetrics = (registry: Registry) => {
  const counter = (name: string, help: string) =>
    new Counter({ name: `botcriptofy_archive_${name}`, help, registers: [registry] })
  return {
    bars: counter('bars_total', 'Closed candles stored from the tape'),
    holes: counter('holes_total', 'Holes in the stored candles that were found, each with a job'),
    backfilled: counter('backfilled_bars_total', 'Candles stored from the venues, for holes'),
    missing: counter('missing_bars_total', 'Candles of holes that the venue does not have'),
  }
}
export type ArchiveMetrics = ReturnType<typeof archiveMetrics>
