select u.source, u.source_type, u.organization, u.conversation,
	u.author_kind, u.author, u.from_kind, u.from_person, u.internal, u.at,
	m.kind, m.person,
	coalesce(p.known, false), coalesce(p.enabled, false), coalesce(p.email, ''), coalesce(p.locale, '')
from (select * from notifications.undecided order by position limit $1) u
left join notifications.participants m
	on m.organization = u.organization and m.conversation = u.conversation and m.since < u.position
left join notifications.people p
	on p.organization = u.organization and p.kind = m.kind and p.person = m.person
order by u.position, u.source, m.kind, m.person
