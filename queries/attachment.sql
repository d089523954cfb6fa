select m.attachments
from timelines.attachments f
join timelines.messages m on m.organization = f.organization and m.conversation = f.conversation and m.number = f.number
join timelines.conversations n on n.organization = f.organization and n.conversation = f.conversation
join conversations.conversations c on c.organization = f.organization and c.conversation = f.conversation
where f.organization = {organization} and f.conversation = {id} and f.attachment = {attachment}
  and not n.deleted and not c.deleted and {visible} and {audible}
