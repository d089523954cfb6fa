with page (organization, conversation, sort_key) as ({page})
select cast(g.sort_key as text), c.conversation, c.name, c.status, c.revision,
  c.owner, c.customer_user, c.customer, c.source_type, c.source_id,
  c.created_at, {message_columns},
  coalesce(t.participant, false), coalesce(t.starter, false), coalesce(t.cursor, 0), coalesce(t.count, 0)
from page g
join conversations.conversations c on c.organization = g.organization and c.conversation = g.conversation
left join inboxes.threads t on t.organization = c.organization and t.conversation = c.conversation
  and t.kind = {kind} and t.person = {person}
order by g.sort_key {direction}, c.conversation {direction}
