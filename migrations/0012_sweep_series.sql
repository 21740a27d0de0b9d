-- Sweeps of the same combinations over several series, one sweep for each, that were submitted as one.
alter table sweep
  -- Shared by the sweeps that were submitted together; null: over one series alone.
  add column group_id uuid,
  -- In the order of the submission, from 0.
  add column group_place smallint,
  add check ((group_id is null) = (group_place is null));

create unique index sweep_by_group on sweep (group_id, group_place) where group_id is not null;
