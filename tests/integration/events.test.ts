import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { progressEvent } from '@botcriptofy/contracts/backtest'
import { newId } from '@botcriptofy/store/database'
import { insertEvent, lastEventSeq, publishEvents } from '@botcriptofy/store/event'
import { DAILY, importDaily, SMA_CROSS, startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

interface Received {
  readonly id: string | undefined
  readonly event: string
  readonly data: { readonly tenantId: string; readonly data: { readonly n: number } }
}

let api: TestApi
let url: string
let alpha: TestCaller
let beta: TestCaller
beforeAll(async () => {
  api = await startTestApi()
  url = await api.app.listen({ port: 0, host: '127.0.0.1' })
  alpha = await api.caller('alpha')
  beta = await api.caller('beta')
})
afterAll(() => api.close())

const happen = async (who: TestCaller, n: number) => {
  await insertEvent(api.db, who.tenant, { type: 'backtest.completed', subjectId: newId(), data: { n } })
  await publishEvents(api.db, 100)
}

/** Opens a stream; `next` resolves with the events received since, once there are `count` of them. */
const open = async (who: TestCaller, lastEventId?: number) => {
  const gone = new AbortController()
  const response = await fetch(`${url}/v1/events`, {
    signal: gone.signal,
    headers: {
      ...who.headers,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    },
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (count: number): Promise<Received[]> => {
    const events: Received[] = []
    while (events.length < count) {
      const end = text.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`expected ${count} events, the stream ended after ${events.length}`)
        text += value
        continue
      }
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      text = text.slice(end + 2)
      if (fields['event'] !== undefined) {
        events.push({
          id: fields['id'],
          event: fields['event'],
          data: JSON.parse(fields['data'] ?? ''),
        })
      }
    }
    return events
  }
  return { response, next, close: () => gone.abort() }
}

const numbersOf = (events: readonly Received[]) => events.map(({ data }) => data.data.n)

describe('GET /v1/events', () => {
  it('sends what happens from now on, of the own tenant alone', async () => {
    await happen(alpha, 1)
    const stream = await open(alpha)
    await happen(beta, 2)
    await happen(alpha, 3)
    const [event] = await stream.next(1)
    stream.close()
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(event).toMatchObject({
      id: String(await lastEventSeq(api.db)),
      event: 'backtest.completed',
      data: { tenantId: alpha.tenant.tenantId, data: { n: 3 }, v: 1 },
    })
  })

  it('resumes after Last-Event-ID without a hole and without a repetition', async () => {
    const start = await lastEventSeq(api.db)
    const first = await open(alpha, start)
    await happen(alpha, 10)
    await happen(alpha, 11)
    const seen = await first.next(1)
    first.close()
    await happen(alpha, 12)
    const second = await open(alpha, Number(seen[0]?.id))
    await happen(alpha, 13)
    expect(numbersOf([...seen, ...(await second.next(3))])).toEqual([10, 11, 12, 13])
    second.close()
  })

  it('sends an operator the events of all tenants', async () => {
    const operator = await api.caller('ops', ['operator'])
    const stream = await open(operator, await lastEventSeq(api.db))
    await happen(alpha, 20)
    await happen(beta, 21)
    expect(numbersOf(await stream.next(2))).toEqual([20, 21])
    stream.close()
  })

  it('catches up over more than one batch', async () => {
    const start = await lastEventSeq(api.db)
    for (let n = 0; n < 450; n++) {
      await insertEvent(api.db, alpha.tenant, { type: 'a.b', subjectId: newId(), data: { n } })
    }
    await publishEvents(api.db, 1000)
    const stream = await open(alpha, start)
    expect(numbersOf(await stream.next(450))).toEqual(Array.from({ length: 450 }, (_, n) => n))
    stream.close()
  })

  it('tells how far the running sweeps of the tenant are, once for each step and without an id', async () => {
    await importDaily(api, alpha)
    const parameters = { 'indicators.fast.params.period': [2, 3, 4, 5] }
    const submitted = await api.app.inject({
      method: 'POST',
      url: '/v1/sweeps',
      headers: alpha.headers,
      payload: { strategy: SMA_CROSS, candles: DAILY, parameters },
    })
    const { id } = submitted.json()
    const runTo = (remaining: number) =>
      api.db
        .updateTable('sweep')
        .set({ status: 'running', remaining, started_at: new Date(Date.now() - 20_000) })
        .where('id', '=', id)
        .execute()
    await runTo(3)
    await publishEvents(api.db, 100)
    const [own, foreign] = await Promise.all([open(alpha), open(beta)])
    const [first] = await own.next(1)
    await runTo(2)
    const [second] = await own.next(1)
    // What the stranger hears next is its own event, not the steps of before.
    await happen(beta, 30)
    expect(numbersOf(await foreign.next(1))).toEqual([30])
    own.close()
    foreign.close()
    expect(first).toMatchObject({
      id: undefined,
      event: 'sweep.progress',
      data: { subjectId: id, data: { done: 1, total: 4, fraction: 0.25 } },
    })
    expect(second).toMatchObject({ data: { data: { done: 2, total: 4 } } })
    expect(progressEvent.parse(second?.data).data.timeLeftMs).toBeGreaterThan(19_000)

    const answer = await api.app.inject({ url: `/v1/sweeps/${id}/progress`, headers: alpha.headers })
    expect(answer.json()).toMatchObject({ id, status: 'running', progress: { done: 2, total: 4 } })
    await api.db.updateTable('sweep').set({ status: 'completed', remaining: 0 }).execute()
  })

  it('refuses a Last-Event-ID that is none', async () => {
    const answer = await api.app.inject({
      url: '/v1/events',
      headers: { ...alpha.headers, 'last-event-id': 'yesterday' },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
  })

  it('refuses a caller that takes no event stream', async () => {
    const headers = { ...alpha.headers, accept: 'application/json' }
    const answer = await api.app.inject({ url: '/v1/events', headers })
    expect([answer.statusCode, answer.json().code]).toEqual([406, 'NOT_ACCEPTABLE'])
  })

  it('ends its streams when the server stops', async () => {
    const other = await startTestApi()
    const base = await other.app.listen({ port: 0, host: '127.0.0.1' })
    const { headers } = await other.caller('alpha')
    const response = await fetch(`${base}/v1/events`, { headers })
    const ended = response.text()
    await other.close()
    expect(await ended).toBe('')
  })
})
