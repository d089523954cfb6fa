select i.organization, i.conversation, i.sort_at as sort_key
from inboxes.threads i{conversation_join}
where i.organization = {organization} and i.kind = {kind} and i.person = {person}
  and {shelf}
  and {where}
order by i.sort_at {direction}, i.conversation {direction} limit {limit}
