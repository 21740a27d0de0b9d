-- The trace of the request that asked for the job (W3C Trace Context), so that it goes on where the job is done. Null where
-- nothing is traced.
alter table job_outbox add column traceparent text;
