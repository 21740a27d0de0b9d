-- The trace of the request for a single backtest that waits to be handed out, for the job that it becomes (see 0006).
alter table sweep_backlog add column traceparent text;
