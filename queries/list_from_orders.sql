select c.organization, c.conversation, {sort_key} as sort_key
from {listed}{thread_join}
where o.organization = {organization} and c.organization = {organization} and c.conversation = o.conversation
  and not c.deleted
  and {where}
order by {sort_key} {direction}, {sort_id} {direction} limit {limit}
