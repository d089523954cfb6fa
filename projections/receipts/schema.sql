-- What every idempotent command wrote, by the key of its request.
create table receipts.receipts (
  organization text not null,
  kind text not null,
  person text not null,
  key text not null,
  fingerprint text not null,
  stream text not null,
  first_revision bigint not null,
  last_revision bigint not null,
  position bigint not null,
  primary key (organization, kind, person, key)
);
