-- What was checked before a single backtest, and its returns by calendar period; null for the runs of a sweep.
alter table backtest_result add column checks jsonb, add column periodic jsonb;
