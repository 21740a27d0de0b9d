-- Jobs on what all tenants share (the backfill of archived candles) belong to none.
alter table job_outbox alter column tenant_id drop not null;
