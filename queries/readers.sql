select t.kind, t.person, coalesce(p.name, t.person), {cursor},
  case when t.own > coalesce(t.rewound, 0) and t.own > t.read then t.own_at else t.read_at end
from timelines.messages m
join conversations.conversations c on c.organization = m.organization and c.conversation = m.conversation
join inboxes.threads t on t.organization = m.organization and t.conversation = m.conversation
left join directory.people p on p.organization = t.organization and p.kind = t.kind and p.id = t.person
where m.organization = {organization} and m.conversation = {id} and {range}
  and {seen}
order by t.joined
