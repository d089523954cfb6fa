select m.number, m.public_number, m.body, m.internal, m.at, m.edited_at, m.redacted,
  m.from_kind, m.from_id, coalesce(f.name, m.from_id),
  m.author_kind, m.author_id, coalesce(a.name, m.author_id), m.attachments
from (
  select * from timelines.messages m
  where m.organization = {organization} and m.conversation = {id} and {range}
  order by {inner_order} limit {limit}
) as m
left join directory.people f on f.organization = m.organization and f.kind = m.from_kind and f.id = m.from_id
left join directory.people a on a.organization = m.organization and a.kind = m.author_kind and a.id = m.author_id
order by {outer_order}
