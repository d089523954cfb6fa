select a.organization, a.conversation, {updated_at} as sort_key
from timelines.activities a
join conversations.conversations c on c.organization = a.organization and c.conversation = a.conversation
where a.organization = {organization} and a.type = {type} and a.id = {id} and a.shown and not c.deleted
  and {visible}
  and {continued}
order by {updated_at} desc, a.conversation desc limit {limit}
