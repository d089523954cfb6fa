// Package direct speaks to SQLite through its C interface, as the modernc
// library translates it, for the paths that are too hot for database/sql: that
// library's driver opens every connection with locks of its own, which all
// connections of a process share, and takes them several times for each value.
// Without them a row costs a third. It knows no adapter; those that keep files of
// SQLite stand on it.
//
// # Ownership
//
// A connection and its statements have one user at a time; who shares them
// brings the lock; only Interrupt may be called by others meanwhile. Nothing here
// waits but SQLite itself, at most as long as the connection's busy_timeout says.
//
// Memory that SQLite owns is only lent: bytes of a column are valid until the
// statement's next step or reset. A statement that has not been reset holds its
// snapshot of the file.
package direct
