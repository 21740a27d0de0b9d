import { createServer } from 'node:net'
import { createRedis } from '@botcriptofy/runtime/redis'
import { openDatabase } from '@botcriptofy/store/database'
import { expect, onTestFinished, test } from 'vitest'
import { toHttpProblem } from './problems.ts'

/** What a command fails with on a Redis at this port. */
const redisFailure = async (port: number) => {
  const redis = createRedis(`redis://127.0.0.1:${port}`, 'command')
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  return redis.ping().catch((error: Error) => error)
}

const listen = async (): Promise<number> => {
  const server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const problemOf = (failure: unknown) => {
  if (!(failure instanceof Error)) throw new Error('expected a failure')
  return toHttpProblem(Object.assign(failure, { code: 'code' in failure ? String(failure.code) : '' }))
}

test('a Redis that refuses connections is UNAVAILABLE', async () => {
  expect(problemOf(await redisFailure(1))).toMatchObject({ code: 'UNAVAILABLE', statusCode: 503 })
})

test('a Redis that says nothing is UNAVAILABLE', async () => {
  expect(problemOf(await redisFailure(await listen()))).toMatchObject({ code: 'UNAVAILABLE' })
})

test('a Postgres that refuses connections is UNAVAILABLE', async () => {
  const { pool, close } = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    poolSize: 1,
    name: 'test',
  })
  onTestFinished(close)
  const failure = await pool.query('select 1').catch((error: Error) => error)
  expect(problemOf(failure)).toMatchObject({ code: 'UNAVAILABLE', headers: { 'retry-after': '1' } })
})

test('anything else is INTERNAL', () => {
  expect(problemOf(new Error('a defect'))).toMatchObject({ code: 'INTERNAL', statusCode: 500 })
})
