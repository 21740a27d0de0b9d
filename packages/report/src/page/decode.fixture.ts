import { runInThisContext } from 'node:vm'
import { scriptAsset } from './assets.ts'
import type { PackedLevels } from '../backtest/trade-levels.ts'
import type { PackedReasons } from '../backtest/trade-reasons.ts'
import type { PackedBars } from './pack-bars.ts'

interface DecodedOperand {
  readonly text: string
  readonly value: number
  readonly before: number | undefined
}

interface DecodedSignal {
  readonly comparisons: readonly {
    readonly left: DecodedOperand
    readonly op: string
    readonly right: DecodedOperand
    readonly isDenied: boolean
  }[]
  readonly more: number
  readonly delay: number
}

export interface Decode {
  readonly bytesOf: (text: string) => Uint8Array
  readonly naturals: (text: string) => readonly number[]
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
  readonly levelsOf: (packed: PackedLevels) => readonly (readonly (readonly [number, number])[])[][]
  readonly reasonsOf: (packed: PackedReasons) => readonly Record<'entry' | 'exit', DecodedSignal>[]
}

/** The script of the page itself, so that tests read what a browser reads. */
export const decode = runInThisContext(`${scriptAsset('decode').text};globalThis.decode`) as Decode
