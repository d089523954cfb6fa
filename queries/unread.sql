select coalesce((select k.unread from inboxes.counters k
    where k.organization = {organization} and k.kind = {kind} and k.person = {person}), 0),
  coalesce(c.conversation, ''), coalesce(c.name, ''), coalesce({last_body}, ''),
  coalesce({from_kind}, ''), coalesce({from_id}, ''), coalesce(f.name, {from_id}, ''), i.sort_at
from inboxes.threads i
left join conversations.conversations c on c.organization = i.organization and c.conversation = i.conversation
left join directory.people f on f.organization = c.organization and f.kind = {from_kind} and f.id = {from_id}
where i.organization = {organization} and i.kind = {kind} and i.person = {person} and i.unread
order by i.sort_at desc, i.conversation desc limit {limit}
