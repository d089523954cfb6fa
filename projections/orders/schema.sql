-- What lists of conversations are sorted by and messages do not change, each
-- with an index in its order. The names are those of the directory, or the ids
-- of who is not in it.
create table orders.conversations (
  organization text not null,
  conversation text not null,
  name text,
  status text,
  created_at bigint,
  owner text,
  customer_user text,
  customer text,
  owner_name text,
  customer_user_name text,
  customer_name text,
  primary key (organization, conversation)
);
create index orders.by_name on orders.conversations (organization, name, conversation);
create index orders.by_status on orders.conversations (organization, status, conversation);
create index orders.by_creation on orders.conversations (organization, created_at, conversation);
create index orders.by_owner_name on orders.conversations (organization, owner_name, conversation);
create index orders.by_customer_user_name on orders.conversations (organization, customer_user_name, conversation);
create index orders.by_customer_name on orders.conversations (organization, customer_name, conversation);
create index orders.of_owner on orders.conversations (organization, owner);
create index orders.of_customer_user on orders.conversations (organization, customer_user);
create index orders.of_customer on orders.conversations (organization, customer);

-- The last known names of people, by their kind, and of customers.
create table orders.names (
  organization text not null,
  kind text not null,
  id text not null,
  name text not null,
  primary key (organization, kind, id)
);
