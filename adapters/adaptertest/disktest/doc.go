// Package disktest is a disk for tests: it writes down, in order, what a log
// writes to its files and when it syncs them, rebuilds the files as a loss of
// power may have left them at any moment, and fails on request.
//
// A [Disk] is a SQLite VFS around the system's, registered under a name of its
// own, and the file that the witness writes to, so that both are in one sequence.
//
// # Ordering and ownership
//
// All calls of one disk, of whatever file and goroutine, are one after the other:
// each is judged, carried out and written down under one lock. SQLite holds its
// VFS, the methods of its files and this package's functions by address only, so
// the first two live outside of Go's memory and the functions are no closures; a
// file's Go side is found by a number that stands behind the system's own part of
// the file's structure. A VFS is given back when its test has ended; every file
// must then be closed.
package disktest
