import { runInThisContext } from 'node:vm'
import { scriptAsset } from './assets.ts'
import type { PackedBars } from './pack-bars.ts'

export interface Decode {
  readonly bytesOf: (text: string) => Uint8Array
  readonly float32: (text: string) => Float32Array
  readonly float64: (text: string) => Float64Array
  readonly barsOf: (packed: PackedBars) => {
    readonly bars: readonly {
      readonly time: number
      readonly open: number
      readonly high: number
      readonly low: number
      readonly close: number
    }[]
    readonly rows: readonly number[]
  }
}

/** The script of the page itself, so that tests read what a browser reads. */
export const decode = runInThisContext(`${scriptAsset('decode').text};globalThis.decode`) as Decode
