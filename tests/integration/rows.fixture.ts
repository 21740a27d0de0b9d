import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { DEFAULT_BACKTEST_CONFIG, type Trade } from '@botcriptofy/engine/backtest'
import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { packEquity, packTrades } from '@botcriptofy/store/blob'
import { newId, sha256Hex } from '@botcriptofy/store/database'
import { DAILY, FIRST_DAY_MS, SMA_CROSS } from './api.fixture.ts'

/** What was written for one tenant, to be found again. */
export interface WrittenRows {
  readonly tenantId: string
  readonly apiKey: string
  readonly backtestId: string
  readonly sweepId: string
  readonly strategyId: string
}

const DAY = 86_400_000
/** The schema that brought it. */
const WALKFORWARD = 9

export const MONTHS = [0, 1, 2].map((month) => Date.UTC(2024, month))

export const TRADE: Trade = {
  side: 'long',
  entryIndex: 1,
  entryTime: FIRST_DAY_MS,
  entryPrice: 100.1,
  exitIndex: 2,
  exitTime: FIRST_DAY_MS + 86_400_000,
  exitPrice: 110.3,
  quantity: 0.1 + 0.2,
  fees: 0.01,
  pnl: 3.05,
  returnFraction: 0.1019,
  exitReason: 'signal',
}

/** Text that every layer on the way has to escape. */
export const ODD_TEXT = 'tab\there, a line\nbreak, a back\\slash, \\N, "quotes", ümläut 🐍, and the end\r'

/**
 * One row or more in every table of a schema, in the words of that time: plain SQL, which later versions of the
 * repositories cannot change. A migration with a new table adds its rows here, for schemas from its number on.
 */
export const writeRows = async (pool: pg.Pool, schema: number, tenant: string): Promise<WrittenRows> => {
  const insert = async (table: string, row: Readonly<Record<string, unknown>>): Promise<void> => {
    const places = Object.keys(row).map((_, index) => `$${index + 1}`)
    await pool.query(
      `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')})
       on conflict do nothing`,
      Object.values(row),
    )
  }
  const [tenantId, userId, seriesId, strategyId] = [newId(), newId(), newId(), newId()]
  const ids = { tenant_id: tenantId, user_id: userId }
  await insert('tenant', { id: tenantId, name: tenant })
  await insert('app_user', { tenant_id: tenantId, id: userId, name: 'jo' })
  const apiKey = await writeKeys(insert, ids)
  await insert('idempotency_key', {
    tenant_id: tenantId,
    key: ODD_TEXT,
    request_sha256: sha256Hex(tenant),
    status: 202,
    headers: '{"location":"/v1/backtests/x"}',
    body: ODD_TEXT,
  })
  await insert('instrument', { venue: DAILY.venue, symbol: DAILY.symbol, price_tick: 0.1 })
  await writeCandles(pool, insert, { tenantId, seriesId })
  const strategySha256 = sha256Hex(JSON.stringify(SMA_CROSS))
  const body = JSON.stringify(SMA_CROSS)
  await insert('strategy_body', { tenant_id: tenantId, sha256: strategySha256, body })
  await insert('strategy', { tenant_id: tenantId, id: strategyId, name: 'sma-cross' })
  const version = { tenant_id: tenantId, strategy_id: strategyId, version: 1, sha256: strategySha256 }
  await insert('strategy_version', version)
  const runs = await writeRuns(insert, { schema, tenantId, seriesId, strategySha256 })
  return { tenantId, apiKey, strategyId, ...runs }
}

type Insert = (table: string, row: Readonly<Record<string, unknown>>) => Promise<void>

const writeKeys = async (
  insert: Insert,
  ids: { readonly tenant_id: string; readonly user_id: string },
): Promise<string> => {
  const [prefix, secret] = [randomBytes(6).toString('hex'), randomBytes(32).toString('base64url')]
  const scopes = ['backtests:read', 'candles:read']
  const inAnHour = new Date(Date.now() + 3_600_000)
  const secret_sha256 = sha256Hex(secret)
  await insert('api_key', { ...ids, id: newId(), name: 'laptop', prefix, secret_sha256, scopes })
  await insert('login_code', {
    ...ids,
    code_sha256: sha256Hex(`code ${prefix}`),
    scopes,
    expires_at: inAnHour,
  })
  const token_sha256 = sha256Hex(`token ${prefix}`)
  await insert('browser_session', { ...ids, token_sha256, scopes, expires_at: inAnHour })
  return `bcf_${prefix}_${secret}`
}

/** Three months with a bar a day, each in its partition. */
const writeCandles = async (
  pool: pg.Pool,
  insert: Insert,
  { tenantId, seriesId }: { readonly tenantId: string; readonly seriesId: string },
): Promise<void> => {
  const { venue, symbol, timeframe } = DAILY
  await insert('series', { id: seriesId, tenant_id: tenantId, venue, symbol, timeframe })
  for (const [index, fromMs] of MONTHS.entries()) {
    const toMs = MONTHS[index + 1] ?? Date.UTC(2024, 3)
    const name = `candle_2024_0${index + 1}`
    await pool.query(
      `create table if not exists ${name} partition of candle for values from (${fromMs}) to (${toMs})`,
    )
    await pool.query(
      `insert into candle select $1, ms, 1e8 / 3, 1e9 / 7 + ms % 13, 0.1, 1 / 3::float8, 1e-9 * ms
       from generate_series($2::bigint, $3::bigint - 1, 86400000) as ms`,
      [seriesId, fromMs, toMs],
    )
    const bars = (toMs - fromMs) / 86_400_000
    await insert('series_month', {
      series_id: seriesId,
      month_ms: fromMs,
      bars,
      first_ms: fromMs,
      last_ms: toMs - 86_400_000,
      sha256: sha256Hex(name),
    })
  }
}

interface RunPlace {
  readonly schema: number
  readonly tenantId: string
  readonly seriesId: string
  readonly strategySha256: string
}

const metricsOf = (sharpe: number) =>
  JSON.stringify({ ...Object.fromEntries(METRIC_KEYS.map((key) => [key, null])), sharpe })

const writeRuns = async (insert: Insert, place: RunPlace) => {
  const { tenantId, schema } = place
  const [backtestId, sweepId, jobId] = [newId(), newId(), newId()]
  await insert('sweep', sweepRow(place, { id: backtestId, kind: 'backtest', axes: [], total: 1 }))
  const axes = [['indicators.fast.params.period', [2, 3]]]
  await insert('sweep', sweepRow(place, { id: sweepId, kind: 'sweep', axes, total: 2 }))
  for (const [index, id] of [backtestId, sweepId, sweepId].entries()) {
    const address = newId()
    await insert('backtest_result', resultRow(schema, address, id === backtestId ? undefined : index))
    const key = { tenant_id: tenantId, sweep_id: id, params_sha256: sha256Hex(`params ${index}`) }
    const params = id === backtestId ? {} : { 'indicators.fast.params.period': 1 + index }
    const run = { ordinal: Math.max(0, index - 1), params, status: 'completed', address, is_cached: false }
    await insert('sweep_run', { ...key, ...run, objective_value: index })
  }
  const payload = { v: 1, tenantId, sweepId, from: 0, to: 2, engineRevision: 1 }
  const job = { id: jobId, tenant_id: tenantId, queue: 'backtest', name: 'sweep.chunk', payload }
  await insert('job_outbox', { ...job, subject_id: sweepId, sent_at: new Date(), done_at: new Date() })
  await insert('job_effect', { type: 'sweep.chunk', key: `${sweepId}/0-2` })
  const event = { tenant_id: tenantId, subject_id: sweepId, time_ms: FIRST_DAY_MS, data: { text: ODD_TEXT } }
  await insert('event', {
    ...event,
    id: newId(),
    seq: FIRST_DAY_MS + (Date.now() % 1e9),
    type: 'sweep.queued',
  })
  await insert('event', { ...event, id: newId(), type: 'sweep.completed' })
  if (schema >= 4) await insert('sweep_series', detailRow(place, backtestId))
  if (schema >= 5) {
    const owner = { tenant_id: tenantId, sweep_id: sweepId }
    await insert('sweep_backlog', { ...owner, from_ordinal: 2, to_ordinal: 3 })
    await insert('sweep_extension', { ...owner, first_ordinal: 2, axes: JSON.stringify(axes) })
    await insert('tenant_turn', { tenant_id: tenantId, turn: 1, credit_ms: 0.5 })
  }
  if (schema >= 7) await insert('sweep_round', roundRow({ tenant_id: tenantId, sweep_id: sweepId }))
  if (schema >= 10) await writeBot(insert, { place, backtestId, schema })
  if (schema >= 8) await writeOperation(insert, tenantId)
  if (schema >= WALKFORWARD) await writeWalkForward(insert, place)
  return { backtestId, sweepId }
}

/** One window whose test has ended. */
const writeWalkForward = async (insert: Insert, place: RunPlace): Promise<void> => {
  const id = newId()
  const owner = { tenant_id: place.tenantId, walkforward_id: id }
  const {
    started_at,
    finished_at,
    total: _total,
    kind: _kind,
    computed: _computed,
    ...row
  } = sweepRow(place, {
    id,
    kind: '',
    axes: [['indicators.fast.params.period', [2, 3]]],
    total: 1,
  })
  await insert('walkforward', {
    ...row,
    plan: { mode: 'rolling', trainMs: 30 * DAY, testMs: 30 * DAY, purgeMs: 0, embargoMs: 0 },
    priority: 5,
    indicator_digests: {},
    windows: 1,
    result: { metrics: {} },
    equity: packEquity({ time: Float64Array.of(FIRST_DAY_MS), equity: Float64Array.of(10_003.05) }),
    started_at,
    finished_at,
  })
  await insert('walkforward_window', {
    ...owner,
    place: 0,
    train_from_ms: FIRST_DAY_MS,
    train_to_ms: FIRST_DAY_MS + 30 * DAY,
    test_from_ms: FIRST_DAY_MS + 30 * DAY,
    test_to_ms: FIRST_DAY_MS + 60 * DAY,
    status: 'completed',
    chosen: 1,
  })
  const child = sweepRow(place, { id: newId(), kind: 'sweep', axes: [], total: 1 })
  await insert('sweep', { ...child, walkforward_id: id, walkforward_place: 0 })
}

/** A bot, with schema 13 one that runs and holds a position. */
const writeBot = async (
  insert: Insert,
  {
    place,
    backtestId,
    schema,
  }: { readonly place: RunPlace; readonly backtestId: string; readonly schema: number },
): Promise<void> => {
  const bot = botRow(place, backtestId)
  await insert('bot', bot)
  if (schema < 13) return
  const { strategy_sha256, config } = bot
  const owner = { tenant_id: place.tenantId, bot_id: bot.id, run_no: 1 }
  await insert('bot_lease', { ...owner, desired_state: 'stopped', config_version: 1 })
  await insert('bot_run', {
    ...owner,
    strategy_sha256,
    config,
    definition_version: 1,
    state: { text: ODD_TEXT },
  })
  await insert('bot_journal', { ...owner, seq: 1, epoch: 1, kind: 'note', data: { text: ODD_TEXT } })
  const order = { seq: 1, client_order_id: newId(), epoch: 1, signal_ms: FIRST_DAY_MS, leg: 'entry', n: 1 }
  await insert('bot_intent', { ...owner, ...order, side: 'long', kind: 'market', status: 'filled' })
  await insert('bot_trade', { ...owner, n: 1, trade: TRADE })
}

const botRow = ({ tenantId, strategySha256 }: RunPlace, backtestId: string) => ({
  ...DAILY,
  tenant_id: tenantId,
  id: newId(),
  name: ODD_TEXT,
  mode: 'paper',
  strategy_sha256: strategySha256,
  config: DEFAULT_BACKTEST_CONFIG,
  origin: { kind: 'backtest', backtestId, isChanged: true },
})

const sweepRow = (
  { tenantId, seriesId, strategySha256 }: RunPlace,
  run: { readonly id: string; readonly kind: string; readonly axes: unknown; readonly total: number },
) => ({
  ...run,
  axes: JSON.stringify(run.axes),
  tenant_id: tenantId,
  strategy_sha256: strategySha256,
  config: DEFAULT_BACKTEST_CONFIG,
  objective: 'sharpe',
  series_id: seriesId,
  from_ms: FIRST_DAY_MS,
  to_ms: Date.UTC(2024, 3),
  bars: 91,
  dataset_digest: sha256Hex('dataset'),
  engine_revision: 1,
  status: 'completed',
  remaining: 0,
  computed: run.total,
  started_at: new Date(),
  finished_at: new Date(),
})

/** Of a sweep's run with its Sharpe ratio, else of a single backtest. */
const resultRow = (schema: number, address: string, sharpe: number | undefined) => ({
  address,
  engine: '0.1.0',
  engine_revision: 1,
  bars: 91,
  low_sample: true,
  final_equity: 10_003.05,
  band: { worst: 10_003.05, best: 10_003.06, ambiguousBars: 1 },
  metrics: metricsOf(sharpe ?? 0),
  metric_reasons: {},
  recommendations: JSON.stringify([{ code: 'LOW_SAMPLE', text: ODD_TEXT }]),
  trades_sha256: sha256Hex(address),
  trade_count: 1,
  trades: packTrades([TRADE]),
  equity: packEquity({ time: Float64Array.of(FIRST_DAY_MS), equity: Float64Array.of(10_003.05) }),
  compute_ms: 1.5,
  ...(schema >= 2 && sharpe === undefined ? { checks: {}, periodic: {} } : {}),
  ...(schema >= 3 && sharpe === undefined
    ? { detail: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) }
    : {}),
  ...(schema >= WALKFORWARD ? { block_returns: Buffer.alloc(384, 7) } : {}),
})

/** Limits of one tenant and of all others, what it used, and a pool that is long gone. */
const writeOperation = async (insert: Insert, tenantId: string): Promise<void> => {
  await insert('tenant_limit', { tenant_id: tenantId, weight: 0.1 + 0.2, max_running_chunks: 3 })
  await insert('tenant_limit', { tenant_id: null, max_queued_combinations: 1000, cpu_seconds_per_day: 0.5 })
  await insert('tenant_usage', { tenant_id: tenantId, day: '2024-02-29', compute_ms: 1.5 })
  const pool = { id: newId(), queue: 'backtest', host: ODD_TEXT, pid: 7, slots: 3, engine_revision: 1 }
  await insert('worker_pool', { ...pool, seen_at: new Date(FIRST_DAY_MS), active_at: new Date(FIRST_DAY_MS) })
}

const roundRow = (owner: Readonly<Record<string, string>>) => ({
  ...owner,
  round: 1,
  first_ordinal: 2,
  runs: 2,
  share: 1 / 3,
  candidates: JSON.stringify([7, 3]),
})

const detailRow = ({ tenantId, seriesId }: RunPlace, sweepId: string) => ({
  tenant_id: tenantId,
  sweep_id: sweepId,
  role: 'detail',
  place: 0,
  series_id: seriesId,
  from_ms: FIRST_DAY_MS,
  to_ms: Date.UTC(2024, 3),
  bars: 91,
  dataset_digest: sha256Hex('dataset'),
})
