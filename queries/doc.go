// Package queries answers from the read models, one query per file with its SQL
// beside it. A query never touches an aggregate.
//
// Every query carries the actor, and its SQL filters by the actor's organization
// and by what the actor may view: what is absent and what is invisible are the
// same [domain.CodeNotFound]. Customer users get public numbers only, in counts,
// cursors, paging, last message and times.
//
// A query that carries a MinPosition waits until each read model that it reads
// has come that far. Lists page by key, never by offset: what arrives in between
// neither doubles nor shifts what follows. Handlers are values, safe for concurrent
// use, and without state but the feed's.
//
// # The feed
//
// Its handler keeps a logbook of one log: the log's identity, some thousands of its
// positions, and from where on nothing of ours is between a position and what this
// instance hears. So a poll behind the last event of ours asks the log nothing,
// whatever others write to it; any other one is a read that the store filters, and who
// waits follows the log. A number from outside is looked up first of all.
//
// When another log takes the place of this one, the logbook is swapped for an empty
// one: after what is heard has been forgotten, and before anything of the new log can
// be heard. Who still has the former one writes into what nobody reads any more, and
// is refused at the end. Nothing is lost with a logbook but the time to ask again.
package queries
