with hits (organization, conversation, number, matches) as (
  select t.organization, t.conversation, max(t.number), count(*)
  from search.texts t
  -- An expression has no index: the few that match are found by their words.
  where (t.organization || '') = {organization} and {text_visible} and {match}
  group by t.organization, t.conversation
)
select c.conversation, c.name, {shown_number}, h.matches, t.at,
  case when t.number = 0 then c.name else coalesce(m.body, '') end, coalesce(m.from_kind, ''), coalesce(m.from_id, ''), coalesce(f.name, m.from_id, '')
from hits h
join search.texts t on t.organization = h.organization and t.conversation = h.conversation and t.number = h.number
join conversations.conversations c on c.organization = h.organization and c.conversation = h.conversation
left join timelines.messages m on m.organization = h.organization and m.conversation = h.conversation and m.number = h.number
left join directory.people f on f.organization = m.organization and f.kind = m.from_kind and f.id = m.from_id
where not c.deleted and {visible} and {continued}
order by t.at desc, c.conversation desc limit {limit}
