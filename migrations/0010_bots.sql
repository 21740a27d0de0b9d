-- Bots as their users define them. What a running bot needs besides (leases, intents, positions) has tables of its own.
create table bot (
  tenant_id uuid not null references tenant,
  id uuid not null,
  name text not null,
  mode text not null check (mode in ('paper', 'live')),
  -- With the parameters of the run it came from applied.
  strategy_sha256 text not null,
  venue text not null,
  symbol text not null,
  timeframe text not null,
  config jsonb not null,
  state text not null default 'CREATED' check (state in (
    'CREATED', 'INITIALIZING', 'RECONCILING', 'READY', 'RUNNING', 'PAUSED', 'DEGRADED', 'HALTED', 'STOPPING', 'STOPPED',
    'FAULTED')),
  -- Raised by every change of the definition; what If-Match is compared with.
  version integer not null default 1 check (version > 0),
  -- The run or the bot it was made from, with the numbers it was chosen for. Not a reference: it outlives both.
  origin jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (id),
  foreign key (tenant_id, strategy_sha256) references strategy_body (tenant_id, sha256)
);

-- Asked for once a second while somebody listens for progress.
create index sweep_running on sweep (tenant_id) where status = 'running';
