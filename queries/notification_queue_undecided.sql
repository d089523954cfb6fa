with u as (
	select * from notifications.undecided order by position limit $1
), people (source, kind, person, mentioned, muted) as (
	select source, kind, person, max(mentioned), max(muted) from (
		select u.source, m.kind, m.person, 0 as mentioned, case when m.muted = m.stays then 1 else 0 end as muted
		from u join notifications.participants m
			on m.organization = u.organization and m.conversation = u.conversation and m.since > 0 and m.since < u.position
		union all
		select u.source, m.kind, m.person, 1 as mentioned, 0 as muted
		from u join notifications.mentions m on m.source = u.source
	) as either group by source, kind, person
)
select u.source, u.source_type, u.organization, u.conversation,
	u.author_kind, u.author, u.from_kind, u.from_person, u.internal, u.at,
	t.kind, t.person, coalesce(t.mentioned, 0), coalesce(t.muted, 0),
	coalesce(p.known, false), coalesce(p.enabled, false), coalesce(p.email, ''), coalesce(p.locale, '')
from u
left join people t on t.source = u.source
left join notifications.people p
	on p.organization = u.organization and p.kind = t.kind and p.person = t.person
order by u.position, u.source, t.kind, t.person
