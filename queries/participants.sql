select t.conversation, t.kind, t.person, coalesce(p.name, t.person), t.cursor
from inboxes.threads t
left join directory.people p on p.organization = t.organization and p.kind = t.kind and p.id = t.person
where t.organization = {organization} and t.conversation in ({conversations}) and t.participant
  and {participant_visible}
order by t.conversation, t.joined
