import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { isDatabaseAway } from './outage.ts'

const withCode = (code: string) => Object.assign(new Error('failed'), { code })

describe('isDatabaseAway', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53100', '53300'])('knows %s', (code) => {
    expect(isDatabaseAway(withCode(code))).toBe(true)
  })

  it.each(['23505', '40P01', '57014', '22P02', 'FST_ERR_BAD_URL'])('leaves %s to others', (code) => {
    expect(isDatabaseAway(withCode(code))).toBe(false)
    expect(isDatabaseAway(new Error('Connection refused by the venue'))).toBe(false)
    expect(isDatabaseAway('ECONNREFUSED')).toBe(false)
  })

  it('knows what pg throws when nobody listens', async () => {
    const client = new pg.Client({ host: '127.0.0.1', port: 1, user: 'nobody' })
    expect(isDatabaseAway(await client.connect().catch((error: unknown) => error))).toBe(true)
  })

  it('knows what a pool throws when all its connections are taken', async () => {
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port: 1,
      user: 'nobody',
      connectionTimeoutMillis: 1,
      max: 0,
    })
    expect(isDatabaseAway(await pool.query('select 1').catch((error: unknown) => error))).toBe(true)
  })
})
