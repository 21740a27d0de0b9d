-- The curves and excursions that the report of a single backtest draws; null for the runs of a sweep.
alter table backtest_result add column detail bytea;
