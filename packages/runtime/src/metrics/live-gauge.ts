import { Gauge, type Registry } from 'prom-client'

/** One sample of a gauge. */
export interface Reading {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface LiveGauge {
  /** With its unit; `botcriptofy_` is put before it. */
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  /** Asked with every scrape; undefined: nobody knows at present. */
  readonly read: () => readonly Reading[] | undefined | Promise<readonly Reading[] | undefined>
}

/** A gauge that is read when it is scraped. What nobody knows is NaN, or has no samples where there are labels. */
export const liveGauge = (registry: Registry, { name, help, labelNames = [], read }: LiveGauge): Gauge =>
  new Gauge({
    name: `botcriptofy_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const unknown: readonly Reading[] = labelNames.length === 0 ? [{ value: Number.NaN }] : []
      const readings = (await read()) ?? unknown
      this.reset()
      for (const { labels, value } of readings) this.set({ ...labels }, value)
    },
  })

/** Together with the figures that cost nothing a scrape stays far below a second, whoever is away. */
const LIMIT_MS = 300
/** The gauges of one scrape share a reading, and so do several that scrape at once. */
const FRESH_MS = 500

/**
 * Shares what costs a query. The function gives undefined when the reading fails or takes too long; a slow one is waited
 * for before another is begun, so that scrapes do not pile up on a server that does not answer.
 */
export const sampled = <T>(read: () => Promise<T>): (() => Promise<T | undefined>) => {
  let sample: Promise<T | undefined> = Promise.resolve(undefined)
  let startedMs = -Infinity
  let isPending = false
  const start = () => {
    startedMs = performance.now()
    isPending = true
    sample = read()
      .catch(() => undefined)
      .finally(() => (isPending = false))
  }
  return () => {
    if (!isPending && performance.now() - startedMs > FRESH_MS) start()
    return isPending ? within(sample, LIMIT_MS - (performance.now() - startedMs)) : sample
  }
}

const within = async <T>(work: Promise<T>, limitMs: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, limitMs))
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
