package adaptertest

import (
	"slices"
	"testing"

	"parley/domain/eventlog"
)

// EventLog checks every guarantee of package eventlog against an
// implementation. Each sub-test calls open once, which registers its own
// clean-up; the suite uses stream names nobody else has, so open may hand out a
// log that holds other events, and may seed the node so that positions start
// high and jump. The log must also have a method Close() error that may be
// called twice.
func EventLog(t *testing.T, open func(t *testing.T) eventlog.Log) {
	t.Helper()
	for _, c := range slices.Concat(
		appendCases, repeatCases, concurrencyCases, contentCases, sizeCases,
		readCases, readAllCases, truncateCases, followCases, followLiveCases, contextCases, closeCases,
	) {
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
