-- Tenants, users and how they prove who they are.
create table tenant (
  id uuid primary key,
  name text not null unique,
  created_at timestamptz not null default now()
);

create table app_user (
  tenant_id uuid not null references tenant,
  id uuid not null,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- Keys carry 256 random bits, so a plain SHA-256 cannot be searched; the prefix finds the row.
create table api_key (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null,
  prefix text not null unique,
  secret_sha256 text not null,
  scopes text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references app_user (tenant_id, id)
);

create table login_code (
  code_sha256 text primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  scopes text[] not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (tenant_id, user_id) references app_user (tenant_id, id)
);

create table browser_session (
  token_sha256 text primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  scopes text[] not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, user_id) references app_user (tenant_id, id)
);

-- The answer is stored in the transaction of the effect, so a crash leaves either both or neither.
create table idempotency_key (
  tenant_id uuid not null references tenant,
  key text not null,
  request_sha256 text not null,
  status integer not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);

-- Candles. tenant_id null = shared by all tenants.
create table series (
  id uuid primary key,
  tenant_id uuid references tenant,
  venue text not null,
  symbol text not null,
  timeframe text not null,
  -- Made by our generator, not by a market; shown wherever the series is shown.
  is_simulated boolean not null default false,
  created_at timestamptz not null default now(),
  unique nulls not distinct (tenant_id, venue, symbol, timeframe)
);

-- One row a UTC month with bars: the digest of a range is made of these, without reading the bars.
create table series_month (
  series_id uuid not null references series on delete cascade,
  month_ms bigint not null,
  bars integer not null,
  first_ms bigint not null,
  last_ms bigint not null,
  sha256 text not null,
  primary key (series_id, month_ms)
);

-- A hypertable where TimescaleDB can be had, else native partitions by month that imports create as needed.
do $$
begin
  if exists (select from pg_available_extensions where name = 'timescaledb') then
    create extension if not exists timescaledb;
    create table candle (
      series_id uuid not null,
      open_ms bigint not null,
      open double precision not null,
      high double precision not null,
      low double precision not null,
      close double precision not null,
      volume double precision not null,
      primary key (series_id, open_ms)
    );
    perform create_hypertable('candle', 'open_ms', chunk_time_interval => 2629746000::bigint);
  else
    create table candle (
      series_id uuid not null,
      open_ms bigint not null,
      open double precision not null,
      high double precision not null,
      low double precision not null,
      close double precision not null,
      volume double precision not null,
      primary key (series_id, open_ms)
    ) partition by range (open_ms);
  end if;
end
$$;

create table instrument (
  venue text not null,
  symbol text not null,
  price_tick double precision,
  quantity_step double precision,
  min_notional double precision,
  maker_fee_rate double precision,
  taker_fee_rate double precision,
  updated_at timestamptz not null default now(),
  primary key (venue, symbol)
);

-- Strategies: bodies are immutable and addressed by the sha256 of their canonical JSON.
create table strategy_body (
  tenant_id uuid not null references tenant,
  sha256 text not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, sha256)
);

create table strategy (
  tenant_id uuid not null references tenant,
  id uuid not null,
  name text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table strategy_version (
  tenant_id uuid not null,
  strategy_id uuid not null,
  version integer not null,
  sha256 text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, strategy_id, version),
  foreign key (tenant_id, strategy_id) references strategy (tenant_id, id),
  foreign key (tenant_id, sha256) references strategy_body (tenant_id, sha256)
);

-- Computed once for everybody: the address is a hash of all that decides the numbers.
create table backtest_result (
  address text primary key,
  engine text not null,
  engine_revision integer not null,
  bars integer not null,
  low_sample boolean not null,
  final_equity double precision not null,
  band jsonb not null,
  metrics jsonb not null,
  metric_reasons jsonb not null,
  recommendations jsonb not null,
  trades_sha256 text not null,
  trade_count integer not null,
  -- Compressed columns; null where only the numbers were kept.
  trades bytea,
  equity bytea,
  compute_ms double precision not null,
  created_at timestamptz not null default now(),
  check ((trades is null) = (equity is null))
);

-- A sweep is a grid over one strategy; a single backtest is a sweep of one (kind = 'backtest').
create table sweep (
  tenant_id uuid not null references tenant,
  id uuid not null,
  kind text not null check (kind in ('backtest', 'sweep')),
  strategy_sha256 text not null,
  -- Ordered [path, [values]] pairs; ordinal k is decoded from them with the last axis fastest.
  axes jsonb not null,
  config jsonb not null,
  objective text not null,
  series_id uuid not null references series,
  from_ms bigint not null,
  to_ms bigint not null,
  bars integer not null,
  dataset_digest text not null,
  engine_revision integer not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  total integer not null check (total > 0),
  remaining integer not null check (remaining >= 0),
  computed integer not null default 0,
  failed integer not null default 0,
  error_code text,
  error_detail text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  unique (id),
  foreign key (tenant_id, strategy_sha256) references strategy_body (tenant_id, sha256)
);
create index sweep_by_kind on sweep (tenant_id, kind, id desc);

-- A finished combination; rows appear when a result does, not at acceptance.
create table sweep_run (
  tenant_id uuid not null,
  sweep_id uuid not null,
  params_sha256 text not null,
  ordinal integer not null,
  params jsonb not null,
  status text not null check (status in ('completed', 'failed')),
  address text references backtest_result,
  is_cached boolean not null,
  objective_value double precision,
  error_code text,
  error_detail text,
  created_at timestamptz not null default now(),
  primary key (sweep_id, params_sha256),
  foreign key (tenant_id, sweep_id) references sweep (tenant_id, id) on delete cascade,
  check ((status = 'completed') = (address is not null))
);
create index sweep_run_by_ordinal on sweep_run (sweep_id, ordinal);
create index sweep_run_by_address on sweep_run (address);

-- Jobs on their way to BullMQ: written with the domain row, added by the relay, done in the transaction of the effect.
create table job_outbox (
  id uuid primary key,
  tenant_id uuid not null references tenant,
  queue text not null,
  name text not null,
  payload jsonb not null,
  -- The sweep (later: bot, settlement) the job serves; for look-ups and cancellation.
  subject_id uuid not null,
  priority integer not null default 0,
  -- Raised when a job that Redis lost is sent again on purpose; the job id is <id>-<generation>.
  generation integer not null default 0,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  done_at timestamptz
);
create index job_outbox_unsent on job_outbox (priority, id) where sent_at is null and done_at is null;
create index job_outbox_open on job_outbox (sent_at) where sent_at is not null and done_at is null;
create index job_outbox_by_subject on job_outbox (subject_id);

create function notify_job_outbox() returns trigger language plpgsql as $$
begin
  perform pg_notify('job_outbox', '');
  return null;
end
$$;
create trigger job_outbox_notify after insert on job_outbox
  for each statement execute function notify_job_outbox();

-- Business keys of what has taken effect; inserted in the transaction of the effect itself.
create table job_effect (
  type text not null,
  key text not null,
  created_at timestamptz not null default now(),
  primary key (type, key)
);

-- What happened, for people and programs that watch. seq is given after commit by one publisher, because a serial
-- taken inside the transaction would become visible out of order.
create table event (
  id uuid primary key,
  seq bigint unique,
  tenant_id uuid not null references tenant,
  type text not null,
  v integer not null default 1,
  subject_id uuid not null,
  time_ms bigint not null,
  data jsonb not null
);
create index event_unpublished on event (id) where seq is null;
create index event_by_tenant on event (tenant_id, seq);
