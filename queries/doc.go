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
// neither doubles nor shifts what follows. Handlers are values without state
// and safe for concurrent use.
package queries
