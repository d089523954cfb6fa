// Package historytest shows whether an event log is one log to everybody: clients
// append at exact revisions and read streams while the store is killed and frozen,
// every call is written down with its times, and porcupine looks for one order of
// all calls, each between its begin and its end, in which every answer is right.
//
// An append without a clear answer may have been carried out, at any later time or
// never; it is then in the history without an end. Clients send such an append
// again, same id and revision, so the history also shows whether repetitions are
// recognised. A client goes on from the revision that it knows, which others may
// have overtaken: conflicts are part of every history.
//
// Beside that, positions must follow real time across streams: an append that began
// after another had ended lies behind it.
package historytest
