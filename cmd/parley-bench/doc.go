// Command parley-bench measures Parley against the baselines that it brings
// along, on the same disk and in the same run, and writes what it found, good or
// bad, as a Markdown page.
//
// # What is compared
//
// A contender is one way of doing an operation again and again; a race drives
// contenders one after the other, round by round, so that whatever else the
// machine does meets them all. A figure is the median of the rounds, a ratio the
// median of the ratios of each round, both with the least and the greatest.
//
// The baselines: PG is a PostgreSQL of its own with fsync on, one row a commit.
// IDEAL answers the same HTTP request from nothing but a log file with group
// commit. CLIENT is the official EventStoreDB client appending to a server that
// does nothing but append to that log file. CANNED is the same client reading
// from a server that has every message encoded beforehand. CALLS is that client
// appending to the embedded event store, a call for each append.
//
// # Processes
//
// Everything that serves is a process of its own, as in production: the real
// program, built for the run, and this one under a name of its own for IDEAL,
// CLIENT and CANNED. So is what has its memory measured. A child ends when its standard
// input does, which is when the bench ends, however that comes. Load comes from
// the bench's own process, through a client that costs next to nothing, because
// it shares the processors with what it measures.
package main
