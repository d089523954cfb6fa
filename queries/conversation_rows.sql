with page (organization, conversation, sort_key) as ({page})
select cast(g.sort_key as text), c.conversation, c.name, c.status, c.revision,
  c.owner, coalesce(o.name, c.owner), coalesce(o.business_unit, ''),
  c.customer_user, coalesce(u.name, c.customer_user),
  c.customer, coalesce(k.name, c.customer),
  c.source_type, c.source_id, coalesce(r.label, p.name, c.source_id),
  case when {record_visible} then coalesce(r.url, '') else '' end,
  c.created_at, {message_columns},
  coalesce(f.name, {from_id}, ''), coalesce(a.name, {author_id}, ''),
  coalesce(t.participant, false), coalesce(t.starter, false), coalesce(t.cursor, 0), coalesce(t.count, 0)
from page g
join conversations.conversations c on c.organization = g.organization and c.conversation = g.conversation
left join inboxes.threads t on t.organization = c.organization and t.conversation = c.conversation
  and t.kind = {kind} and t.person = {person}
left join directory.people o on o.organization = c.organization and o.kind = 'user' and o.id = c.owner
left join directory.people u on u.organization = c.organization and u.kind = 'customer_user' and u.id = c.customer_user
left join directory.customers k on k.organization = c.organization and k.id = c.customer
left join directory.records r on r.organization = c.organization and r.type = c.source_type and r.id = c.source_id
left join directory.people p on p.organization = c.organization and p.kind = c.source_type and p.id = c.source_id
left join directory.people f on f.organization = c.organization and f.kind = {from_kind} and f.id = {from_id}
left join directory.people a on a.organization = c.organization and a.kind = {author_kind} and a.id = {author_id}
order by g.sort_key {direction}, c.conversation {direction}
