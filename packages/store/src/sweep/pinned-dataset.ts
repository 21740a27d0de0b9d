/** A range of a series whose bars must still have this digest when they are read. */
export interface PinnedDataset {
  readonly seriesId: string
  readonly fromMs: number
  readonly toMs: number
  readonly bars: number
  readonly digest: string
}
