select x.conversation, x.type, x.id
from conversations.contexts x
where x.organization = {organization} and x.conversation in ({conversations}) and x.attached > 0
order by x.conversation, x.attached
