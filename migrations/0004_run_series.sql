-- The candles of a backtest beyond the one series of its own row: all members of a portfolio in their order of priority,
-- or the finer candles that the fills of a single series happen in. Runs over one series alone have no row here.
create table sweep_series (
  tenant_id uuid not null,
  sweep_id uuid not null,
  role text not null check (role in ('member', 'detail')),
  place integer not null check (place >= 0),
  series_id uuid not null references series,
  from_ms bigint not null,
  to_ms bigint not null,
  bars integer not null,
  dataset_digest text not null,
  primary key (tenant_id, sweep_id, role, place),
  foreign key (tenant_id, sweep_id) references sweep (tenant_id, id) on delete cascade
);
