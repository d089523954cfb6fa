select c.conversation, c.idle_since
from conversations.conversations c
where c.organization = $1 and c.status = 'active' and not c.deleted
  and (c.idle_since, c.conversation) > ($2, $3)
order by c.idle_since, c.conversation
limit $4
