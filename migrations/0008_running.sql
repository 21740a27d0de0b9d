-- What a chunk in trouble, a tenant's limits and the pools of workers need.

-- How often a worker began to compute the chunk. A chunk that takes its workers down is told by it from one that was
-- merely held by the same worker.
alter table job_outbox add column starts integer not null default 0;
-- What a tenant has handed out, which its limits are held against.
create index job_outbox_open_by_tenant on job_outbox (tenant_id, priority) where done_at is null;

-- A range that came back from a worker that did not survive it is handed out again in chunks of at most so many runs.
alter table sweep_backlog add column max_runs integer check (max_runs > 0);

-- What a tenant may take of the workers; the row without a tenant is for all, column by column, that say nothing.
create table tenant_limit (
  tenant_id uuid unique nulls not distinct references tenant on delete cascade,
  -- Its share of the computing time beside others: one with 2 gets twice that of one with 1.
  weight double precision check (weight > 0),
  max_running_chunks integer check (max_running_chunks > 0),
  max_queued_combinations integer check (max_queued_combinations > 0),
  cpu_seconds_per_day double precision check (cpu_seconds_per_day > 0),
  updated_at timestamptz not null default now()
);

-- Time of threads that computed for a tenant, by UTC day.
create table tenant_usage (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  compute_ms double precision not null,
  primary key (tenant_id, day)
);

-- Processes that take jobs from a queue. Each tells every few seconds that it is there, and when it last did its work.
create table worker_pool (
  id uuid primary key,
  queue text not null,
  host text not null,
  pid integer not null,
  slots integer not null,
  engine_revision integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- When it last took a job, or asked the queue and found nothing to take.
  active_at timestamptz not null default now()
);
create index worker_pool_by_revision on worker_pool (engine_revision, seen_at);
