-- Sums of a run's daily returns by block, for the probability of overfitting of the sweeps that it belongs to: three
-- doubles a block, empty where the run was too short for blocks, null in results of before.
alter table backtest_result add column block_returns bytea;

-- Choosing parameters on one part of the candles and judging them on the next, again and again.
create table walkforward (
  tenant_id uuid not null references tenant,
  id uuid not null,
  strategy_sha256 text not null,
  axes jsonb not null,
  config jsonb not null,
  objective text not null,
  scoring jsonb,
  -- {mode, trainMs, testMs, purgeMs, embargoMs}
  plan jsonb not null,
  priority integer not null,
  -- All candles that the windows lie in.
  series_id uuid not null references series,
  from_ms bigint not null,
  to_ms bigint not null,
  bars integer not null,
  dataset_digest text not null,
  engine_revision integer not null,
  indicator_digests jsonb not null,
  status text not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  windows integer not null check (windows > 0),
  -- Windows whose test has not ended.
  remaining integer not null check (remaining >= 0),
  -- What the tests came to together: numbers, and the joined curve as compressed columns.
  result jsonb,
  equity bytea,
  error_code text,
  error_detail text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  unique (id),
  foreign key (tenant_id, strategy_sha256) references strategy_body (tenant_id, sha256),
  check ((result is null) = (equity is null))
);

create table walkforward_window (
  tenant_id uuid not null,
  walkforward_id uuid not null,
  place integer not null check (place >= 0),
  train_from_ms bigint not null,
  train_to_ms bigint not null,
  test_from_ms bigint not null,
  test_to_ms bigint not null,
  status text not null check (status in ('waiting', 'training', 'testing', 'completed')),
  -- Ordinal of the training's best run; null before the training has ended, and where no run could be ranked.
  chosen integer,
  primary key (walkforward_id, place),
  foreign key (tenant_id, walkforward_id) references walkforward (tenant_id, id) on delete cascade
);

-- The training of a window is a sweep, its test a backtest: one of each, and neither stands in the lists.
alter table sweep
  add column walkforward_id uuid,
  add column walkforward_place integer,
  add constraint sweep_of_window foreign key (walkforward_id, walkforward_place)
    references walkforward_window (walkforward_id, place) on delete cascade,
  add constraint sweep_once_a_window unique (walkforward_id, walkforward_place, kind),
  add constraint sweep_window_whole check ((walkforward_id is null) = (walkforward_place is null));
