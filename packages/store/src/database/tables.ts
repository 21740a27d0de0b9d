import type { BotOrigin, BotState, DesiredBotState, StopPolicy } from '@botcriptofy/contracts/bot'
import type { BotOrder, BotOrderStatus } from '@botcriptofy/engine/bot'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

/** bigint arrives as a string from pg; milliseconds fit a double, so this schema's are read as numbers. */
type Int8 = ColumnType<number, number | bigint, number | bigint>
type CreatedAt = ColumnType<Date, never, never>
type Json<T> = JSONColumnType<T & object, string, string>
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>

export interface Database {
  tenant: { id: string; name: string; created_at: CreatedAt }
  app_user: { tenant_id: string; id: string; name: string; created_at: CreatedAt }
  api_key: {
    tenant_id: string
    id: string
    user_id: string
    name: string
    prefix: string
    secret_sha256: string
    scopes: string[]
    expires_at: Date | null
    last_used_at: Date | null
    revoked_at: Date | null
    created_at: CreatedAt
  }
  login_code: {
    code_sha256: string
    tenant_id: string
    user_id: string
    scopes: string[]
    expires_at: Date
    used_at: Date | null
  }
  browser_session: {
    token_sha256: string
    tenant_id: string
    user_id: string
    scopes: string[]
    expires_at: Date
    created_at: CreatedAt
  }
  idempotency_key: {
    tenant_id: string
    key: string
    request_sha256: string
    status: number
    headers: Json<Record<string, string>>
    body: string
    created_at: CreatedAt
  }
  series: {
    id: string
    tenant_id: string | null
    venue: string
    symbol: string
    timeframe: string
    is_simulated: Generated<boolean>
    created_at: CreatedAt
  }
  series_month: {
    series_id: string
    month_ms: Int8
    bars: number
    first_ms: Int8
    last_ms: Int8
    sha256: string
  }
  candle: {
    series_id: string
    open_ms: Int8
    open: number
    high: number
    low: number
    close: number
    volume: number
  }
  instrument: {
    venue: string
    symbol: string
    price_tick: number | null
    quantity_step: number | null
    min_notional: number | null
    maker_fee_rate: number | null
    taker_fee_rate: number | null
    updated_at: Generated<Date>
  }
  strategy_body: { tenant_id: string; sha256: string; body: Json<unknown>; created_at: CreatedAt }
  strategy: { tenant_id: string; id: string; name: string; created_at: CreatedAt }
  strategy_version: {
    tenant_id: string
    strategy_id: string
    version: number
    sha256: string
    created_at: CreatedAt
  }
  backtest_result: {
    address: string
    engine: string
    engine_revision: number
    bars: number
    low_sample: boolean
    final_equity: number
    band: Json<{ worst: number; best: number; ambiguousBars: number }>
    metrics: Json<Record<string, number | null>>
    metric_reasons: Json<Record<string, string>>
    recommendations: Json<readonly { code: string; text: string }[]>
    trades_sha256: string
    trade_count: number
    trades: Buffer | null
    equity: Buffer | null
    compute_ms: number
    checks: Json<object> | null
    periodic: Json<object> | null
    detail: Buffer | null
    block_returns: Buffer | null
    created_at: CreatedAt
  }
  sweep: {
    tenant_id: string
    id: string
    kind: 'backtest' | 'sweep'
    strategy_sha256: string
    axes: Json<readonly (readonly [string, readonly (number | string)[]])[]>
    config: Json<object>
    objective: string
    series_id: string
    from_ms: Int8
    to_ms: Int8
    bars: number
    dataset_digest: string
    engine_revision: number
    status: SweepStatus
    total: number
    remaining: number
    computed: Generated<number>
    failed: Generated<number>
    error_code: string | null
    error_detail: string | null
    priority: Generated<number>
    attempt: Generated<number>
    compute_ms: Generated<number>
    chunk: ColumnType<object, string | undefined, string>
    search: OptionalJson<object>
    scoring: OptionalJson<object>
    budget: OptionalJson<{ runs?: number; seconds?: number }>
    next_round: number | null
    expected: number | null
    stopped_by: 'budget' | null
    walkforward_id: string | null
    walkforward_place: number | null
    group_id: string | null
    group_place: number | null
    created_at: CreatedAt
    started_at: Date | null
    finished_at: Date | null
  }
  walkforward: {
    tenant_id: string
    id: string
    strategy_sha256: string
    axes: Json<readonly (readonly [string, readonly number[]])[]>
    config: Json<object>
    objective: string
    scoring: OptionalJson<object>
    plan: Json<object>
    priority: number
    series_id: string
    from_ms: Int8
    to_ms: Int8
    bars: number
    dataset_digest: string
    engine_revision: number
    indicator_digests: Json<Record<string, string>>
    status: WalkForwardStatus
    windows: number
    remaining: number
    result: Json<object> | null
    equity: Buffer | null
    error_code: string | null
    error_detail: string | null
    created_at: CreatedAt
    started_at: Date | null
    finished_at: Date | null
  }
  walkforward_window: {
    tenant_id: string
    walkforward_id: string
    place: number
    train_from_ms: Int8
    train_to_ms: Int8
    test_from_ms: Int8
    test_to_ms: Int8
    status: WindowStatus
    chosen: number | null
  }
  sweep_backlog: {
    tenant_id: string
    sweep_id: string
    from_ordinal: number
    to_ordinal: number
    max_runs: number | null
    traceparent: string | null
  }
  sweep_extension: {
    tenant_id: string
    sweep_id: string
    first_ordinal: number
    axes: Json<readonly (readonly [string, readonly number[]])[]>
    created_at: CreatedAt
  }
  sweep_round: {
    tenant_id: string
    sweep_id: string
    round: number
    first_ordinal: number
    runs: number
    share: number
    candidates: OptionalJson<readonly number[]>
    created_at: CreatedAt
  }
  tenant_turn: { tenant_id: string; turn: number; credit_ms: number }
  tenant_limit: {
    tenant_id: string | null
    weight: number | null
    max_running_chunks: number | null
    max_queued_combinations: number | null
    cpu_seconds_per_day: number | null
    updated_at: Generated<Date>
  }
  tenant_usage: { tenant_id: string; day: Date; compute_ms: number }
  worker_pool: {
    id: string
    queue: string
    host: string
    pid: number
    slots: number
    engine_revision: number
    started_at: CreatedAt
    seen_at: Generated<Date>
    active_at: Generated<Date>
  }
  sweep_series: {
    tenant_id: string
    sweep_id: string
    role: 'member' | 'detail'
    place: number
    series_id: string
    from_ms: Int8
    to_ms: Int8
    bars: number
    dataset_digest: string
  }
  sweep_run: {
    tenant_id: string
    sweep_id: string
    params_sha256: string
    ordinal: number
    params: Json<Record<string, number | string>>
    status: 'completed' | 'failed'
    address: string | null
    is_cached: boolean
    objective_value: number | null
    share: Generated<number>
    violation: Generated<number>
    error_code: string | null
    error_detail: string | null
    created_at: CreatedAt
  }
  bot: {
    tenant_id: string
    id: string
    name: string
    mode: 'paper' | 'live'
    strategy_sha256: string
    venue: string
    symbol: string
    timeframe: string
    config: Json<object>
    state: Generated<BotState>
    version: Generated<number>
    origin: Json<BotOrigin> | null
    journal_seq: Generated<number>
    created_at: CreatedAt
    updated_at: Generated<Date>
  }
  bot_lease: {
    tenant_id: string
    bot_id: string
    epoch: ColumnType<number, number | undefined, number>
    holder: string | null
    expires_at: Date | null
    acquired_at: Date | null
    desired_state: DesiredBotState
    stop_policy: StopPolicy | null
    config_version: number
    run_no: number
    incarnation: Generated<number>
    crashes: Generated<number>
    restart_at: Generated<Date>
    waiting_for: string | null
  }
  bot_run: {
    tenant_id: string
    bot_id: string
    run_no: number
    strategy_sha256: string
    config: Json<object>
    definition_version: number
    core_seq: Generated<number>
    bars: Generated<number>
    first_open_ms: Int8 | null
    last_open_ms: Int8 | null
    signals_from_bar: number | null
    is_flat: Generated<boolean>
    equity: number | null
    state: Json<object> | null
    started_at: CreatedAt
  }
  bot_journal: {
    tenant_id: string
    bot_id: string
    seq: Int8
    run_no: number
    epoch: Int8
    kind: string
    data: Json<object>
    created_at: CreatedAt
  }
  bot_intent: {
    tenant_id: string
    bot_id: string
    run_no: number
    seq: number
    client_order_id: string
    epoch: Int8
    signal_ms: Int8
    leg: 'entry' | 'exit'
    n: number
    side: 'long' | 'short'
    kind: BotOrder['kind']
    stop_price: number | null
    limit_price: number | null
    reason: string | null
    status: BotOrderStatus
    code: string | null
    filled_quantity: number
    average_price: number | null
    fees: number
    created_at: CreatedAt
    updated_at: Generated<Date>
  }
  bot_trade: {
    tenant_id: string
    bot_id: string
    run_no: number
    n: number
    trade: Json<object>
    created_at: CreatedAt
  }
  job_outbox: {
    id: string
    /** Null for work on what all tenants share. */
    tenant_id: string | null
    queue: string
    name: string
    payload: Json<object>
    subject_id: string
    priority: Generated<number>
    generation: Generated<number>
    starts: Generated<number>
    job_key: string | null
    traceparent: string | null
    created_at: CreatedAt
    sent_at: Date | null
    done_at: Date | null
  }
  job_effect: { type: string; key: string; created_at: CreatedAt }
  event: {
    id: string
    seq: Int8 | null
    tenant_id: string
    type: string
    v: Generated<number>
    subject_id: string
    time_ms: Int8
    data: Json<object>
  }
}

export const SWEEP_STATUSES = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const
export type SweepStatus = (typeof SWEEP_STATUSES)[number]

export const WALKFORWARD_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
export type WalkForwardStatus = (typeof WALKFORWARD_STATUSES)[number]
export type WindowStatus = 'waiting' | 'training' | 'testing' | 'completed'
