import { expect, test } from 'vitest'
import { EXIT_REASONS } from './index.ts'

test('the codes of exit reasons are those of stored trade lists', () => {
  // Stored blobs hold the index: an entry may be added at the end, never moved.
  expect(EXIT_REASONS).toEqual([
    'signal',
    'reverse',
    'stop_loss',
    'take_profit',
    'trailing_stop',
    'end_of_data',
    'liquidation',
    'time_exit',
  ])
})
