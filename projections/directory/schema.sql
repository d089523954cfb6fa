-- Who and what the commerce system knows, as it last said. Removed rows stay,
-- for their names.
create table directory.people (
  organization text not null,
  kind text not null,
  id text not null,
  name text not null,
  search text not null,
  email text not null,
  locale text not null,
  business_unit text not null,
  customer text not null,
  sales_representative text not null,
  groups text not null,
  roles text not null,
  enabled boolean not null,
  removed boolean not null,
  primary key (organization, kind, id)
);
create index directory.people_by_name on directory.people (organization, name, kind, id);
create index directory.people_by_unit on directory.people (organization, business_unit, kind, id);

create table directory.records (
  organization text not null,
  type text not null,
  id text not null,
  label text not null,
  search text not null,
  url text not null,
  customer_user text not null,
  customer text not null,
  owner text not null,
  removed boolean not null,
  primary key (organization, type, id)
);
create index directory.records_by_label on directory.records (organization, label, type, id);

create table directory.record_types (
  organization text not null,
  type text not null,
  label text not null,
  removed boolean not null,
  primary key (organization, type)
);

create table directory.customers (
  organization text not null,
  id text not null,
  name text not null,
  parent text not null,
  removed boolean not null,
  primary key (organization, id)
);
create index directory.customers_by_parent on directory.customers (organization, parent, id);

create table directory.business_units (
  organization text not null,
  id text not null,
  name text not null,
  parent text not null,
  removed boolean not null,
  primary key (organization, id)
);
create index directory.business_units_by_parent on directory.business_units (organization, parent, id);
