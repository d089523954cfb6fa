// Command parley-conformance lets suites that nobody here wrote judge the event
// store that parley node serves, and writes docs/conformance.md.
//
// The suite of the official Go client is in its module: it is copied from the
// module cache to a temporary folder, where one file of it, which starts
// containers, is replaced by one that goes to running nodes; nothing of it is
// kept. The official clients for Node.js are installed by npm and driven by a
// script, suites/suite.mjs. Every group of cases gets processes of its own, on
// new folders, and runs in several forms: plain, with TLS and credentials, and,
// for the Go client, against what looks like a cluster.
//
// A case passes, or stands in reasons.go with the reason why it cannot apply.
// The program ends with code 1 when another case fails or is never run, and also
// when one that stands there passes.
//
// What the node does otherwise than the real server on purpose stands in
// differences.go, from where it gets to the page. Where PARLEY_TEST_TRANSCRIPT
// names a folder with a recorder of answers, in transcript, and what it recorded of
// a real server, in real-eventstore/answers-*.txt, a test records the node's and
// demands that they differ in that alone.
package main
