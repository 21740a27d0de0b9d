import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROBLEMS, problemSchema } from '@botcriptofy/contracts/problem'
import { insertKey } from '@botcriptofy/store/key'
import {
  DAILY,
  dailyCsv,
  importDaily,
  SMA_CROSS,
  startTestApi,
  type TestApi,
  type TestCaller,
} from './api.fixture.ts'

let api: TestApi
let caller: TestCaller
beforeAll(async () => {
  api = await startTestApi({ IMPORT_MAX_BYTES: 100_000 })
  caller = await api.caller('alpha')
  await importDaily(api, caller)
})
afterAll(() => api.close())

const submit = (payload: object | string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/backtests',
    headers: { ...caller.headers, 'content-type': 'application/json', ...headers },
    payload,
  })
const run = { strategy: SMA_CROSS, candles: DAILY }
const withIndicator = (fast: object) => ({
  ...run,
  strategy: { ...SMA_CROSS, indicators: { ...SMA_CROSS.indicators, fast } },
})

describe('a bad body', () => {
  it.each([
    ['malformed JSON', '{"strategy":', 'MALFORMED_JSON'],
    ['an empty body', '', 'MALFORMED_JSON'],
    ['a key that would poison prototypes', '{"__proto__":{"operator":true}}', 'MALFORMED_JSON'],
    ['no object', '[]', 'INVALID_REQUEST'],
  ] as const)('is refused: %s', async (_name, body, code) => {
    const answer = await submit(body)
    expect([answer.statusCode, answer.json().code]).toEqual([PROBLEMS[code].status, code])
  })

  it.each([
    ['an unknown indicator', withIndicator({ type: 'smma' }), 'strategy.indicators.fast.type'],
    [
      'an impossible parameter',
      withIndicator({ type: 'sma', params: { period: 0 } }),
      'strategy.indicators.fast.params.period',
    ],
    [
      'an unknown operand',
      { ...run, strategy: { ...SMA_CROSS, entry: { long: { left: 'fst', op: '>', right: 1 } } } },
      'strategy.entry.long.left',
    ],
    ['an unknown key', { ...run, strategy: { ...SMA_CROSS, stoploss: 1 } }, 'strategy.stoploss'],
    ['no object', { ...run, strategy: 'sma-cross' }, 'strategy'],
  ])('is refused with INVALID_STRATEGY and the path: %s', async (_name, body, path) => {
    const answer = await submit(body)
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'INVALID_STRATEGY'])
    expect(answer.json().errors[0]).toEqual({ path, message: expect.stringMatching(/^expected .+, was .+/) })
  })

  it.each([
    ['candles.timeframe', { ...run, candles: { ...DAILY, timeframe: 'daily' } }],
    ['candles.to', { ...run, candles: { ...DAILY, from: 2, to: 1 } }],
    ['config.feeRate', { ...run, config: { feeRate: 2 } }],
    ['config.feerate', { ...run, config: { feerate: 0.1 } }],
    ['extra', { ...run, extra: true }],
    ['strategy', { candles: DAILY }],
  ])('is refused with INVALID_REQUEST and the path %s', async (path, body) => {
    const answer = await submit(body)
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
    expect(answer.json().errors[0].path).toBe(path)
  })

  it.each([
    ['a series that was never imported', { ...DAILY, symbol: 'ETH/USD' }],
    ['a range without candles', { ...DAILY, from: 0, to: 1000 }],
  ])('is refused with NO_CANDLES: %s', async (_name, candles) => {
    const answer = await submit({ ...run, candles })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'NO_CANDLES'])
  })

  it.each([
    ['a path that leads nowhere', { 'indicators.none.params.period': [1, 2] }],
    ['a value no indicator takes', { 'indicators.fast.params.period': [2, -1] }],
    ['too many values', { 'indicators.fast.params.period': { from: 2, to: 200_000, step: 1 } }],
    [
      'too many combinations',
      {
        'indicators.fast.params.period': { from: 2, to: 400, step: 1 },
        'indicators.slow.params.period': { from: 2, to: 400, step: 1 },
      },
    ],
  ])('of a sweep is refused with INVALID_PARAMETERS: %s', async (_name, parameters) => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/sweeps',
      headers: caller.headers,
      payload: { ...run, parameters },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'INVALID_PARAMETERS'])
    expect(answer.json().errors[0].path).toMatch(/^parameters/)
  })

  it('is refused with UNSUPPORTED_MEDIA_TYPE when it is no JSON', async () => {
    const answer = await submit('<run/>', { 'content-type': 'application/xml' })
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })
})

describe('a candle file', () => {
  const upload = (payload: string | Buffer, type = 'text/csv', query: Record<string, string> = DAILY) =>
    api.app.inject({
      method: 'POST',
      url: '/v1/candles/import',
      query,
      headers: { ...caller.headers, 'content-type': type },
      payload,
    })
  const row = (line: string) => `timestamp,open,high,low,close,volume\n86400000,2,3,1,2,1\n${line}\n`

  it.each([
    ['empty', '', /line 1/],
    ['with another header', 'a,b\n', /line 1/],
    ['without bars', 'timestamp,open,high,low,close,volume\n', /./],
    ['with no number', row('172800000,2,3,1,x,1'), /line 3/],
    ['with NaN', row('172800000,2,3,1,NaN,1'), /line 3/],
    ['with a negative volume', row('172800000,2,3,1,2,-1'), /line 3/],
    ['with high below close', row('172800000,2,2,1,3,1'), /line 3/],
    ['with a duplicate time', row('86400000,2,3,1,2,1'), /line 3/],
    ['with a descending time', row('0,2,3,1,2,1'), /line 3/],
    ['cut off in a row', row('172800000,2,3'), /line 3/],
    [
      'in seconds',
      row('1700006400,2,3,1,2,1').replace('86400000', '1699920000'),
      /line 2: .+ looks like seconds/,
    ],
    ['with an empty line between rows', row('\n172800000,2,3,1,2,1'), /line 3/],
    ['of another timeframe', row('172800001,2,3,1,2,1'), /line 3/],
  ])('is refused with INVALID_CANDLES and the line: %s', async (_name, csv, line) => {
    const answer = await upload(csv)
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'INVALID_CANDLES'])
    expect(answer.json().detail).toMatch(line)
  })

  it('is refused when it is said to be gzip and is not', async () => {
    const answer = await upload(dailyCsv(2), 'application/gzip')
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'INVALID_CANDLES'])
  })

  it('is refused with BODY_TOO_LARGE above IMPORT_MAX_BYTES', async () => {
    const answer = await upload(dailyCsv(3000))
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'BODY_TOO_LARGE'])
  })

  it('is refused with CONFLICT when simulated bars would mix with real ones', async () => {
    const answer = await upload(dailyCsv(2), 'text/csv', { ...DAILY, simulated: 'true' })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'CONFLICT'])
  })

  it('is refused with FORBIDDEN for the shared series without the scope operator', async () => {
    const answer = await upload(dailyCsv(2), 'text/csv', { ...DAILY, shared: 'true' })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'FORBIDDEN'])
  })
})

describe('an address', () => {
  it.each([
    ['GET', '/nowhere', 404, 'NOT_FOUND'],
    ['GET', '/v1/backtests/01a2036e-50a5-719f-934c-9451d7213d96', 404, 'NOT_FOUND'],
    ['GET', '/v1/backtests/not-an-id', 400, 'INVALID_REQUEST'],
    ['PATCH', '/v1/backtests', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/v1/backtests?cursor=abc', 400, 'INVALID_CURSOR'],
    ['GET', '/v1/backtests?limit=0', 400, 'INVALID_REQUEST'],
    ['GET', '/v1/backtests?limit=many', 400, 'INVALID_REQUEST'],
    ['GET', '/%c0', 400, 'INVALID_REQUEST'],
  ] as const)('is answered with a problem: %s %s is %i %s', async (method, url, status, code) => {
    const answer = await api.app.inject({ method, url, headers: caller.headers })
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(problemSchema.parse(answer.json())).toMatchObject({ status, title: PROBLEMS[code].title })
    expect(answer.json().requestId).toBe(answer.headers['x-request-id'])
  })

  it('names the methods it takes', async () => {
    const answer = await api.app.inject({ method: 'PATCH', url: '/v1/backtests' })
    expect(answer.headers.allow).toBe('GET, POST')
  })

  it('refuses the cursor of another list', async () => {
    await api.caller('alpha')
    const keys = await api.app.inject({ url: '/v1/keys?limit=1', headers: caller.headers })
    const { nextCursor } = keys.json()
    const answer = await api.app.inject({
      url: `/v1/backtests?cursor=${nextCursor}`,
      headers: caller.headers,
    })
    expect([typeof nextCursor, answer.json().code]).toEqual(['string', 'INVALID_CURSOR'])
  })

  it('takes a request id in and gives it out', async () => {
    const answer = await api.app.inject({ url: '/nowhere', headers: { 'x-request-id': 'mine-1' } })
    expect([answer.headers['x-request-id'], answer.json().requestId]).toEqual(['mine-1', 'mine-1'])
  })

  it('answers a failure without saying what is inside', async () => {
    const { tenant, userId } = await api.caller('omega')
    const { apiKey } = await insertKey(api.db, tenant, { userId, name: 'k', scopes: ['backtests:read'] })
    const broken = await startTestApi()
    await broken.database.pool.query('drop table api_key')
    const answer = await broken.app.inject({
      url: '/v1/backtests',
      headers: { authorization: `Bearer ${apiKey}` },
    })
    await broken.close()
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'INTERNAL'])
    expect(answer.body).not.toMatch(/api_key|relation|select|\.ts/)
  })
})

describe('a body of 50 MB', () => {
  it.each([
    ['with its length', { 'content-length': String(50 * 1024 * 1024) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is refused with 413 before it was read, %s', async (_name, framing) => {
    const url = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }).catch(() => ownUrl()))
    const piece = Buffer.alloc(64 * 1024, ' ')
    let sent = 0
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const upload = httpRequest(new URL('/v1/backtests', url), {
        method: 'POST',
        headers: { ...caller.headers, 'content-type': 'application/json', ...framing },
      })
      upload.on('response', (response) => {
        void text(response).then((body) => {
          upload.destroy()
          resolve({ status: response.statusCode, body })
        }, reject)
      })
      // The server hangs up on a client that goes on sending; the answer is there by then.
      upload.on('error', () => undefined)
      const write = () => {
        while (sent < 50 * 1024 * 1024 && !upload.destroyed) {
          sent += piece.length
          if (!upload.write(piece)) return void upload.once('drain', write)
        }
      }
      write()
    })
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([413, 'BODY_TOO_LARGE'])
    expect(sent).toBeLessThan(50 * 1024 * 1024)
  })

  const ownUrl = () => {
    const address = api.app.server.address()
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  }
})

describe('requests', () => {
  it('are refused with RATE_LIMITED above the limit of their key, others are not', async () => {
    const limited = await startTestApi({ API_RATE_LIMIT_PER_MINUTE: 3 })
    const [busy, calm] = await Promise.all([limited.caller('busy'), limited.caller('calm')])
    const get = ({ headers }: TestCaller) => limited.app.inject({ url: '/v1/backtests', headers })
    const answers = [await get(busy), await get(busy), await get(busy), await get(busy)]
    const other = await get(calm)
    await limited.close()
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429])
    expect(answers[0]?.headers['ratelimit-remaining']).toBe('2')
    expect(answers[3]?.json()).toMatchObject({ code: 'RATE_LIMITED', retryable: true })
    expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0)
    expect(other.statusCode).toBe(200)
  })
})
