select k.unread, coalesce(n.conversation, ''), coalesce(n.name, ''), coalesce(n.body, ''),
  coalesce(n.from_kind, ''), coalesce(n.from_id, ''), coalesce(f.name, n.from_id, ''), coalesce(n.sort_at, 0)
from inboxes.counters k
left join (
  select i.organization, i.conversation, i.sort_at, c.name,
    {last_body} as body, {from_kind} as from_kind, {from_id} as from_id
  from inboxes.threads i
  join conversations.conversations c on c.organization = i.organization and c.conversation = i.conversation
  where i.organization = {organization} and i.kind = {kind} and i.person = {person} and i.unread
  order by i.sort_at desc, i.conversation desc limit {limit}
) as n on n.organization = k.organization
left join directory.people f on f.organization = n.organization and f.kind = n.from_kind and f.id = n.from_id
where k.organization = {organization} and k.kind = {kind} and k.person = {person}
order by n.sort_at desc, n.conversation desc
