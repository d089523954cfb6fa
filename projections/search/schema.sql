-- The texts of conversations and the words that they are found by: number 0 is
-- the name, the others are messages. Public_number is 0 for internal ones and
-- the name; at is when the text came to be, which an edit does not change.
create table search.texts (
  organization text not null,
  conversation text not null,
  number bigint not null,
  public_number bigint not null,
  internal boolean not null,
  at bigint not null,
  words text not null,
  primary key (organization, conversation, number)
);
create text index search.texts_by_words on search.texts (words);
