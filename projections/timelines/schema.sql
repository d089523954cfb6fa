-- What the activities of a conversation take from it.
create table timelines.conversations (
  organization text not null,
  conversation text not null,
  updated_at bigint not null,
  public_updated_at bigint not null,
  message_count bigint not null,
  public_message_count bigint not null,
  deleted boolean,
  primary key (organization, conversation)
);

-- The conversations of a record. Shown is attached and not deleted. Where updated_at
-- is below zero the stream of the conversation is gone: since then, negated;
-- nothing else is known of it.
create table timelines.activities (
  organization text not null,
  conversation text not null,
  type text not null,
  id text not null,
  attached boolean not null,
  updated_at bigint not null,
  public_updated_at bigint not null,
  shown boolean not null,
  primary key (organization, conversation, type, id)
);
create index timelines.activities_by_record
  on timelines.activities (organization, type, id, updated_at, conversation) where shown;

-- The messages as they stand: an edited_at of 0 is never, and a redacted one has
-- no body.
create table timelines.messages (
  organization text not null,
  conversation text not null,
  number bigint not null,
  public_number bigint not null,
  body text not null,
  from_kind text not null,
  from_id text not null,
  author_kind text not null,
  author_id text not null,
  internal boolean not null,
  at bigint not null,
  attachments text not null, -- JSON, or empty
  edited_at bigint not null,
  redacted boolean not null,
  primary key (organization, conversation, number)
);

-- Which message a file is on.
create table timelines.attachments (
  organization text not null,
  conversation text not null,
  attachment text not null,
  number bigint not null,
  primary key (organization, conversation, attachment)
);
