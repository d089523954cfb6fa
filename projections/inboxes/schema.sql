-- What the threads of a conversation take from it, for both audiences.
create table inboxes.conversations (
  organization text not null,
  conversation text not null,
  status text,
  deleted boolean,
  created_at bigint,
  message_count bigint,
  public_message_count bigint,
  last_at bigint,
  public_last_at bigint,
  primary key (organization, conversation)
);

-- The public messages from a number on, as far as that of the next row of the
-- conversation, have so many internal ones before them.
create table inboxes.offsets (
  organization text not null,
  conversation text not null,
  internal bigint not null,
  public_number bigint not null,
  primary key (organization, conversation, internal)
);

-- One row per person and conversation that the person takes or took part in,
-- started or has read. All numbers but own_public are in the numbering of that
-- person. Read is by reading or marking unread, own by writing; rewound is what
-- own was when the person last marked unread, null before: the cursor is the
-- larger of read and own, and read alone while own is not above rewound. For users
-- own_public is the last public message that they wrote. Joined orders participants: one
-- more than the revision that first joined them, 0 for who never did; stays counts
-- how often they joined, muted is the stay for which they muted it. Status is that
-- of the conversation, or deleted.
create table inboxes.threads (
  organization text not null,
  conversation text not null,
  kind text not null,
  person text not null,
  participant boolean not null,
  starter boolean not null,
  joined bigint not null,
  stays bigint not null,
  muted bigint,
  read bigint not null,
  read_at bigint not null,
  own bigint not null,
  own_at bigint not null,
  own_public bigint not null,
  rewound bigint,
  cursor bigint not null,
  count bigint not null,
  sort_at bigint not null,
  status text not null,
  unread boolean not null,
  primary key (organization, conversation, kind, person)
);
create index inboxes.threads_by_person
  on inboxes.threads (organization, kind, person, status, sort_at, conversation);
create index inboxes.threads_unread
  on inboxes.threads (organization, kind, person, sort_at, conversation) where unread;

-- The number of unread threads of each person who has a thread.
create table inboxes.counters (
  organization text not null,
  kind text not null,
  person text not null,
  unread bigint not null,
  primary key (organization, kind, person)
);
