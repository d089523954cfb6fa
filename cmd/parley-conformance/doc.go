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
package main
