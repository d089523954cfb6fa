select x.conversation, x.type, x.id, coalesce(r.label, p.name, x.id), coalesce(r.url, '')
from conversations.contexts x
left join directory.records r on r.organization = x.organization and r.type = x.type and r.id = x.id
left join directory.people p on p.organization = x.organization and p.kind = x.type and p.id = x.id
where x.organization = {organization} and x.conversation in ({conversations}) and x.attached > 0
  and ({record_visible} or {person_visible})
order by x.conversation, x.attached
