select t.conversation, t.kind, t.person, {participant_cursor}, coalesce(t.muted = t.stays, false)
from inboxes.threads t
where t.organization = {organization} and t.conversation in ({conversations}) and t.participant
  and {participant_visible}
order by t.conversation, t.joined
