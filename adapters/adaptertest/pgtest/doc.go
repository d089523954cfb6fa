// Package pgtest gives tests a real PostgreSQL.
//
// When PARLEY_TEST_POSTGRES holds the URL of a server (of a role that may
// create databases), that one is used. Otherwise one server per test binary is
// made from the binaries of this machine, in a temporary folder, without fsync,
// reachable through a Unix socket and a port of 127.0.0.1. Its collation is a
// linguistic one where PostgreSQL can do that, so a text column that forgets to
// compare by bytes fails its test. Without binaries the test fails and says
// what to install: it never skips.
//
// A guard process owns the folder: it waits for the end of its standard input,
// which is the end of the test binary, however that comes; then it stops the
// server and removes the folder.
package pgtest
