create table notifications.people (
	organization text not null,
	kind text not null,
	person text not null,
	email text not null,
	locale text not null,
	known boolean not null,
	enabled boolean not null,
	primary key (organization, kind, person)
);

create table notifications.participants (
	organization text not null,
	conversation text not null,
	kind text not null,
	person text not null,
	since bigint, -- position at which they joined; 0 once they left
	stays bigint not null, -- how often they joined
	muted bigint, -- the stay for which they muted it
	primary key (organization, conversation, kind, person)
);

create table notifications.switches (
	name text primary key,
	running boolean not null
);

create table notifications.undecided (
	source text primary key,
	position bigint not null,
	source_type text not null,
	organization text not null,
	conversation text not null,
	revision bigint not null,
	author_kind text not null,
	author text not null,
	from_kind text not null,
	from_person text not null,
	internal boolean not null,
	at bigint not null
);
create index undecided_by_position on notifications.undecided (position);

-- Whom an undecided message, or edit of one, mentions.
create table notifications.mentions (
	source text not null,
	kind text not null,
	person text not null,
	primary key (source, kind, person)
);

create table notifications.messages (
	source text primary key,
	conversation text not null,
	revision bigint not null
);

create table notifications.deliveries (
	notification text not null,
	recipient bigint not null,
	organization text not null,
	conversation text not null,
	source text not null,
	kind text not null,
	person text not null,
	address text not null,
	state text not null,
	attempts bigint not null,
	due_at bigint,
	detail text not null,
	updated_at bigint not null,
	primary key (notification, recipient)
);
create index deliveries_by_due on notifications.deliveries (due_at) where due_at is not null;
