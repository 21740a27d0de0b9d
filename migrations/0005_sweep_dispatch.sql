-- Sweeps hand out their chunks a few at a time. What no job carries yet is a row here: a sweep of any size is accepted
-- with one. Sweeps from before have none, because all their chunks are in the outbox already.
create table sweep_backlog (
  tenant_id uuid not null,
  sweep_id uuid not null,
  from_ordinal integer not null check (from_ordinal >= 0),
  to_ordinal integer not null,
  primary key (sweep_id, from_ordinal),
  foreign key (tenant_id, sweep_id) references sweep (tenant_id, id) on delete cascade,
  check (to_ordinal > from_ordinal)
);
create index sweep_backlog_by_tenant on sweep_backlog (tenant_id);

alter table sweep
  -- Among the sweeps of a tenant the lowest goes first.
  add column priority integer not null default 5,
  -- Raised when failed runs are asked for again, so that their chunks are other effects than the first ones.
  add column attempt integer not null default 0,
  -- Thread time of the runs that were computed, ms; with computed it gives what one run costs.
  add column compute_ms double precision not null default 0,
  -- What every chunk's payload says besides its sweep, its range and its attempt.
  add column chunk jsonb not null default '{}',
  drop constraint sweep_status_check,
  add constraint sweep_status_check
    check (status in ('queued', 'running', 'paused', 'completed', 'failed', 'cancelled'));

-- Sweeps from before can be rerun and extended too, as long as the outbox remembers one of their chunks.
update sweep set chunk = job.rest
from (
  select distinct on (subject_id) subject_id,
    payload - '{v,tenantId,sweepId,from,to,engineRevision}'::text[] as rest
  from job_outbox where name = 'sweep.chunk' order by subject_id
) as job
where job.subject_id = sweep.id and job.rest <> '{}';

-- Grids appended to a sweep after its own; ordinals go on where the one before ends.
create table sweep_extension (
  tenant_id uuid not null,
  sweep_id uuid not null,
  first_ordinal integer not null check (first_ordinal > 0),
  axes jsonb not null,
  created_at timestamptz not null default now(),
  primary key (sweep_id, first_ordinal),
  foreign key (tenant_id, sweep_id) references sweep (tenant_id, id) on delete cascade
);

-- The deficit round robin of the tenants that have chunks to hand out: whose turn comes when, and what it may still spend.
create table tenant_turn (
  tenant_id uuid primary key references tenant on delete cascade,
  turn integer not null,
  credit_ms double precision not null
);

-- Chunks of sweeps have a priority above 0; single backtests, which nothing holds back, have 0.
create index job_outbox_windowed on job_outbox (id) where done_at is null and priority > 0;
-- The best runs of a sweep so far are asked for with every chunk.
create index sweep_run_by_objective on sweep_run (sweep_id, objective_value desc) where objective_value is not null;

create function notify_sweep_dispatch() returns trigger language plpgsql as $$
begin
  perform pg_notify('sweep_dispatch', '');
  return null;
end
$$;
create trigger sweep_backlog_notify after insert on sweep_backlog
  for each statement execute function notify_sweep_dispatch();
create trigger job_outbox_done_notify after update of done_at on job_outbox
  for each statement execute function notify_sweep_dispatch();
