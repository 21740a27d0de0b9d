import { type Candles, CANDLE_COLUMNS } from '@botcriptofy/engine/market'
import { digestCandles, loadCandles } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
import type { PinnedDataset } from '@botcriptofy/store/sweep'

/** The bars of the range are not those that were pinned at submit; a retry would find the same. */
export class DatasetChanged extends Error {
  readonly expectedDigest: string
  readonly actualDigest: string
  constructor(expectedDigest: string, actualDigest: string) {
    super(`dataset: expected the candles pinned at submit (${expectedDigest}), was ${actualDigest}`)
    this.expectedDigest = expectedDigest
    this.actualDigest = actualDigest
  }
}

export interface DatasetCacheOptions {
  readonly pool: OpenDatabase['pool']
  /** The least recently used datasets leave when the columns together are larger; the one just loaded stays. */
  readonly limitBytes: number
  /** Reads the bars of a pinned dataset into shared memory. */
  readonly read?: (dataset: PinnedDataset) => Promise<Candles>
}

/**
 * Candles in shared memory, once per process however many jobs and threads use them. What is returned has the digest
 * that was asked for: it is recomputed from the loaded bars.
 */
export class DatasetCache {
  readonly #limitBytes: number
  readonly #read: (dataset: PinnedDataset) => Promise<Candles>
  /** By digest, least recently used first. */
  readonly #loaded = new Map<string, Candles>()
  readonly #loading = new Map<string, Promise<Candles>>()
  #bytes = 0

  constructor({ pool, limitBytes, read }: DatasetCacheOptions) {
    this.#limitBytes = limitBytes
    this.#read = read ?? ((dataset) => loadCandles({ pool }, dataset.seriesId, dataset))
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Requests for one digest share one load; a failed load is forgotten, so that the next request tries again. */
  async load(dataset: PinnedDataset): Promise<Candles> {
    const { digest } = dataset
    const loaded = this.#loaded.get(digest)
    if (loaded !== undefined) {
      this.#loaded.delete(digest)
      this.#loaded.set(digest, loaded)
      return loaded
    }
    const underWay = this.#loading.get(digest)
    if (underWay !== undefined) return underWay
    const loading = this.#readVerified(dataset).finally(() => this.#loading.delete(digest))
    this.#loading.set(digest, loading)
    return loading
  }

  async #readVerified(dataset: PinnedDataset): Promise<Candles> {
    const candles = await this.#read(dataset)
    const digest = digestCandles(candles)
    if (digest !== dataset.digest) throw new DatasetChanged(dataset.digest, digest)
    this.#loaded.set(digest, candles)
    this.#bytes += bytesOf(candles)
    this.#evict()
    return candles
  }

  /** Jobs that still compute on an evicted dataset keep its memory alive until they end. */
  #evict(): void {
    for (const [digest, candles] of this.#loaded) {
      if (this.#bytes <= this.#limitBytes || this.#loaded.size === 1) return
      this.#loaded.delete(digest)
      this.#bytes -= bytesOf(candles)
    }
  }
}

const bytesOf = (candles: Candles): number =>
  CANDLE_COLUMNS.reduce((sum, name) => sum + candles[name].byteLength, 0)
