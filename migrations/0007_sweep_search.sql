-- Sweeps that look for good combinations instead of running the whole grid. What they run is planned in rounds: a round
-- appends ordinals to the sweep, and the next one is planned from the results when all of them have ended.
alter table sweep
  -- The engine's Search; null: the whole grid in its order.
  add column search jsonb,
  -- The engine's Objective; null: the metric named by objective alone, higher first.
  add column scoring jsonb,
  -- Where the sweep stops before its search is over: {runs, seconds}, either may be absent.
  add column budget jsonb,
  -- The round to be planned when all runs have ended; null: the sweep ends with them.
  add column next_round integer,
  -- How many runs the search would make in all; null: those in total.
  add column expected integer,
  add column stopped_by text check (stopped_by in ('budget'));

create table sweep_round (
  tenant_id uuid not null,
  sweep_id uuid not null,
  round integer not null check (round >= 0),
  first_ordinal integer not null check (first_ordinal >= 0),
  runs integer not null check (runs > 0),
  -- The leading part of the bars that the runs are over.
  share double precision not null check (share > 0 and share <= 1),
  -- Which candidates of the search the ordinals stand for, in their order; null: candidate k has ordinal k.
  candidates jsonb,
  created_at timestamptz not null default now(),
  primary key (sweep_id, round),
  foreign key (tenant_id, sweep_id) references sweep (tenant_id, id) on delete cascade
);

alter table sweep_run
  -- Of the bars; the ranking counts runs over all of them.
  add column share double precision not null default 1,
  -- By how much constraints are missed; runs that keep them all have 0 and rank first.
  add column violation double precision not null default 0;

drop index sweep_run_by_objective;
create index sweep_run_by_rank on sweep_run (sweep_id, violation, objective_value desc)
  where objective_value is not null and share = 1;

-- The dispatcher asks for those whose time is up.
create index sweep_by_seconds on sweep (id) where budget is not null and finished_at is null;
