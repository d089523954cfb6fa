select d.organization, d.notification, d.recipient, d.conversation, coalesce(m.revision, -1)
from notifications.deliveries d
left join notifications.messages m on m.source = d.source
where d.due_at <= $1
order by d.due_at, d.notification, d.recipient
limit $2
