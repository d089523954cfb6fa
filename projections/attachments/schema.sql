-- Blobs that may be in the store. Since is when one was last used, 0 once it is
-- discarded; used, that it is on a message.
create table attachments.blobs (
  organization text not null,
  blob text not null,
  attachment text not null,
  conversation text,
  since bigint,
  used boolean,
  gone boolean,
  primary key (organization, blob)
);
create index attachments.blobs_by_since on attachments.blobs (since) where used is null;
create index attachments.blobs_by_conversation on attachments.blobs (organization, conversation);
