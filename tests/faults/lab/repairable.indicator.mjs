// An indicator of the lab's own, loaded as an operator's: the close, which cannot be computed with a ticket and a period
// that a file stands for. Whoever removes the files has repaired it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env['FAULT_LAB_BROKEN'] ?? ''

export const indicator = {
  type: 'repairable',
  parameters: [
    { name: 'ticket', integer: true, min: 0, max: 1_000_000_000 },
    { name: 'period', integer: true, min: 1, max: 5000 },
  ],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles: { close } }, { ticket, period }, [out]) => {
    if (folder !== '' && existsSync(join(folder, `${ticket}-${period}`))) throw new Error('not repaired yet')
    out.set(close)
  },
  stream: { start: () => ({}), next: (_state, { close }, out) => (out[0] = close) },
}
