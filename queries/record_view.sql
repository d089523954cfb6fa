select coalesce(r.label, p.name), coalesce(r.url, ''),
  coalesce(u.id, r.customer_user, ''), coalesce(u.name, r.customer_user, ''),
  coalesce(k.id, r.customer, p.customer, ''), coalesce(k.name, r.customer, p.customer, ''),
  coalesce(o.id, r.owner, ''), coalesce(o.name, r.owner, '')
from (select 1 as one) as z
left join directory.records r on r.organization = {organization} and r.type = {type} and r.id = {id}
left join directory.people p on p.organization = {organization} and p.kind = {type} and p.id = {id}
left join directory.people u on u.organization = {organization} and u.kind = 'customer_user'
  and u.id = coalesce(r.customer_user, case when p.kind = 'customer_user' then p.id end)
left join directory.customers k on k.organization = {organization} and k.id = coalesce(r.customer, p.customer)
left join directory.people o on o.organization = {organization} and o.kind = 'user' and o.id = r.owner
where (r.id is not null and {record_visible} and {record_present})
  or (p.id is not null and {person_visible} and {person_present})
