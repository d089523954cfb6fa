select c.organization, c.conversation, {sort_key} as sort_key
from conversations.conversations c{thread_join}
where c.organization = {organization} and not c.deleted
  and {where}
order by {sort_key} {direction}, c.conversation {direction} limit {limit}
