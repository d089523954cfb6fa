// Package worldtest makes up small worlds for tests of read models and queries:
// an organization's people, customers and records, their conversations as a
// random but possible history of events, and beside it the state that the
// aggregates' own folds come to. What a test expects is computed from that state
// and never from a table. The same seed gives the same world. In a world with losses
// streams go away, too.
package worldtest
