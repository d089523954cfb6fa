-- One row per conversation. Columns that begin with public_ are what customer
-- users see instead. An empty source_type is no source, a last_at of null no
-- message. The sort columns are the time of the last message, or the creation;
-- idle_since is when the conversation was last started, written in, reopened or
-- restored. A last_edited_at of 0 is a last message that was never edited.
create table conversations.conversations (
  organization text not null,
  conversation text not null,
  name text,
  search text,
  status text,
  owner text,
  customer_user text,
  customer text,
  source_type text,
  source_id text,
  starter_kind text,
  starter_id text,
  created_at bigint,
  updated_at bigint,
  public_updated_at bigint,
  message_count bigint,
  public_message_count bigint,
  last_at bigint,
  last_from_kind text,
  last_from_id text,
  last_author_kind text,
  last_author_id text,
  last_body text,
  last_internal boolean,
  last_edited_at bigint,
  last_redacted boolean,
  last_public_number bigint,
  last_attachments text, -- JSON, or empty
  public_last_at bigint,
  public_last_from_kind text,
  public_last_from_id text,
  public_last_body text,
  public_last_attachments text,
  public_last_edited_at bigint,
  public_last_redacted boolean,
  sort_at bigint,
  public_sort_at bigint,
  idle_since bigint,
  revision bigint not null,
  deleted boolean,
  primary key (organization, conversation)
);
create index conversations.conversations_by_sort on conversations.conversations (organization, sort_at, conversation);
create index conversations.conversations_by_count on conversations.conversations (organization, message_count, conversation);
create index conversations.conversations_by_owner on conversations.conversations (organization, owner, conversation);
create index conversations.conversations_by_customer_user on conversations.conversations (organization, customer_user, conversation);
create index conversations.conversations_by_customer on conversations.conversations (organization, customer, conversation);
create index conversations.conversations_by_idleness on conversations.conversations (organization, idle_since, conversation)
  where status = 'active' and not deleted;

-- The records of a conversation, in the order of attachment: one more than the
-- revision that attached them, or 0 when detached again.
create table conversations.contexts (
  organization text not null,
  conversation text not null,
  type text not null,
  id text not null,
  attached bigint not null,
  primary key (organization, conversation, type, id)
);

-- The conversations that were purged, and where in the log. One whose stream is gone
-- stands here with an empty organization: that is not known any more.
create table conversations.purged (
  organization text not null,
  conversation text not null,
  position bigint not null,
  primary key (organization, conversation)
);
create index conversations.purged_by_position on conversations.purged (position);
