package adaptertest

import (
	"slices"
	"testing"

	"parley/domain/eventlog"
)

// EventLog checks every guarantee of package eventlog against an
// implementation. Each sub-test calls open once, which registers its own
// clean-up; the suite uses stream names nobody else has, so open may hand out a
// log that holds other events, to which others append meanwhile, and may seed the
// node so that positions start high and jump. The log must also have a method
// Close() error that may be called twice. [EventLogOperated] and
// [EventLogScavenged] check what needs more than the port.
func EventLog(t *testing.T, open func(t *testing.T) eventlog.Log) {
	t.Helper()
	runLogCases(t, slices.Concat(
		appendCases, repeatCases, concurrencyCases, contentCases, sizeCases,
		readCases, readAllCases, positionCases, truncateCases, followCases, followLiveCases, contextCases, closeCases,
	), open)
}

// runLogCases runs each case on a log of its own.
func runLogCases[L eventlog.Log](t *testing.T, cases []logCase, open func(t *testing.T) L) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(newLogFixture(t, open(t)))
		})
	}
}

// logCase is one guarantee, named as a sentence.
type logCase struct {
	name string
	run  func(f *logFixture)
}
