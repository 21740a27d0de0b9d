-- What a running bot needs besides its definition: who owns it, what it remembers, what it did.

-- Counts the journal of the bot. Every write of a bot raises it, with the state that the write takes for granted.
alter table bot add column journal_seq bigint not null default 0;

-- One row a bot that was ever started. Times are of this database's clock alone.
create table bot_lease (
  tenant_id uuid not null,
  bot_id uuid not null,
  -- Rises with every owner; what an owner writes is refused under any other.
  epoch bigint not null default 0,
  -- Who owns it; both are null while nobody does.
  holder text,
  expires_at timestamptz,
  acquired_at timestamptz,
  desired_state text not null check (desired_state in ('running', 'paused', 'halted', 'stopped')),
  stop_policy text check (stop_policy in ('keep', 'cancel', 'flatten')),
  -- Version of the definition that the newest start was of.
  config_version integer not null,
  run_no integer not null check (run_no > 0),
  -- Of the newest job that was given to the queue.
  incarnation integer not null default 0,
  -- Owners in a row that ended without saying so, and before when no other one is sent.
  crashes integer not null default 0,
  restart_at timestamptz not null default now(),
  -- What the owner waits for, in words.
  waiting_for text,
  primary key (bot_id),
  -- Makes the epoch part of a key: what checks it (for key share) and what raises it wait for each other, while
  -- renewals, which leave it alone, wait for nobody.
  unique (bot_id, epoch),
  foreign key (tenant_id, bot_id) references bot (tenant_id, id) on delete cascade,
  check ((holder is null) = (expires_at is null))
);

-- From a user's start to the next: the definition as it was then, and all that the run remembers between two bars.
create table bot_run (
  tenant_id uuid not null,
  bot_id uuid not null,
  run_no integer not null check (run_no > 0),
  strategy_sha256 text not null,
  config jsonb not null,
  definition_version integer not null,
  -- Events that its core has taken in; a checkpoint replaces the one it was made from and no other.
  core_seq bigint not null default 0,
  bars integer not null default 0,
  first_open_ms bigint,
  last_open_ms bigint,
  signals_from_bar integer,
  is_flat boolean not null default true,
  equity double precision,
  -- Null before the first bar. Text as it was written: numbers have to come back to the last bit.
  state json,
  started_at timestamptz not null default now(),
  primary key (bot_id, run_no),
  foreign key (tenant_id, bot_id) references bot (tenant_id, id) on delete cascade,
  foreign key (tenant_id, strategy_sha256) references strategy_body (tenant_id, sha256)
);
create index bot_run_strategy on bot_run (tenant_id, strategy_sha256);

-- Append-only: candles, decisions with their values, orders, fills, moves of the state, owners.
create table bot_journal (
  tenant_id uuid not null,
  bot_id uuid not null,
  seq bigint not null,
  run_no integer not null,
  -- Of the owner that wrote it; 0: a user did.
  epoch bigint not null,
  kind text not null,
  data json not null,
  created_at timestamptz not null default now(),
  primary key (bot_id, seq),
  foreign key (tenant_id, bot_id) references bot (tenant_id, id) on delete cascade
);
create index bot_journal_age on bot_journal (created_at);

-- Orders, written before anything is sent. The id is made of bot, run and seq, so that whoever sends it again sends the same.
create table bot_intent (
  tenant_id uuid not null,
  bot_id uuid not null,
  run_no integer not null,
  seq integer not null,
  client_order_id uuid not null,
  -- Of the owner that wrote it first.
  epoch bigint not null,
  -- Open of the bar that decided.
  signal_ms bigint not null,
  leg text not null check (leg in ('entry', 'exit')),
  n integer not null,
  side text not null check (side in ('long', 'short')),
  kind text not null,
  stop_price double precision,
  limit_price double precision,
  reason text,
  status text not null,
  code text,
  filled_quantity double precision not null default 0,
  average_price double precision,
  fees double precision not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (bot_id, run_no, seq),
  unique (client_order_id),
  unique (bot_id, run_no, signal_ms, leg, n),
  foreign key (bot_id, run_no) references bot_run (bot_id, run_no) on delete cascade,
  foreign key (tenant_id, bot_id) references bot (tenant_id, id) on delete cascade
);

-- Round trips of a run in the order they ended, as the public contract prints them.
create table bot_trade (
  tenant_id uuid not null,
  bot_id uuid not null,
  run_no integer not null,
  n integer not null check (n > 0),
  trade json not null,
  created_at timestamptz not null default now(),
  primary key (bot_id, run_no, n),
  foreign key (bot_id, run_no) references bot_run (bot_id, run_no) on delete cascade,
  foreign key (tenant_id, bot_id) references bot (tenant_id, id) on delete cascade
);

-- What the job id begins with where it is not the row's id: a bot's jobs are to tell its history by their names.
alter table job_outbox add column job_key text;

-- Asked by those who see that bots are owned.
create index bot_active on bot (id)
  where state in ('INITIALIZING', 'RECONCILING', 'READY', 'RUNNING', 'PAUSED', 'DEGRADED', 'HALTED', 'STOPPING');

-- Tells owners at once that a user wants something else; they ask every few seconds in any case.
create function notify_bot_lease() returns trigger language plpgsql as $$
begin
  perform pg_notify('bot_lease', '');
  return null;
end
$$;
create trigger bot_lease_notify after update of desired_state, stop_policy on bot_lease
  for each statement execute function notify_bot_lease();
