import { expect, it } from 'vitest'
import { userDataPayload, userDataSubscribe } from './user-data.ts'

const request = { apiKey: 'key', timestampMs: 1_747_385_641_636 }

it('signs the parameters in the order of their names, and sends the same ones', () => {
  expect(userDataPayload(request)).toBe('apiKey=key&recvWindow=5000&timestamp=1747385641636')
  expect(JSON.parse(userDataSubscribe('7', { ...request, signature: 'ab' }))).toEqual({
    id: '7',
    method: 'userDataStream.subscribe.signature',
    params: { apiKey: 'key', recvWindow: 5000, timestamp: 1_747_385_641_636, signature: 'ab' },
  })
})
