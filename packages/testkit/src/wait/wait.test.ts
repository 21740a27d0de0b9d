import { describe, expect, it } from 'vitest'
import { waitFor } from './wait.ts'

describe('waitFor', () => {
  it('returns what the condition finds at last', async () => {
    let asked = 0
    const found = await waitFor(() => (++asked < 3 ? undefined : asked), { describe: 'three', everyMs: 1 })
    expect(found).toBe(3)
  })

  it('takes 0 and an empty string as found', async () => {
    expect(await waitFor(() => 0, { describe: 'zero' })).toBe(0)
    expect(await waitFor(() => '', { describe: 'nothing' })).toBe('')
  })

  it('fails with the description and the last error when the limit is reached', async () => {
    const waiting = waitFor(
      () => {
        throw new Error('not there')
      },
      { describe: 'a row', limitMs: 5, everyMs: 1 },
    )
    await expect(waiting).rejects.toMatchObject({
      message: 'expected a row within 5 ms',
      cause: new Error('not there'),
    })
  })
})
