with recursive organizations (name) as (
  select min(c.organization) from conversations.conversations c
  union all
  select (select min(c.organization) from conversations.conversations c where c.organization > o.name)
  from organizations o where o.name is not null
)
select o.name from organizations o where o.name is not null
