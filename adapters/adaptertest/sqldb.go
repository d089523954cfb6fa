package adaptertest

import (
	"slices"
	"testing"

	"parley/domain/sqldb"
)

// SQLDB checks every guarantee of package sqldb against an implementation, and
// that the common subset of SQL means the same on it. Each sub-test calls open
// once, for an empty database that open closes when the test ends.
func SQLDB(t *testing.T, open func(t *testing.T) sqldb.DB) {
	t.Helper()
	for _, c := range slices.Concat(
		dbWriteCases, dbRejectCases, dbSizeCases, dbQueryCases, dbSQLCases, dbOrderCases, dbTextCases,
		dbSchemaCases, dbPromoteCases, dbConcurrencyCases, dbContextCases, dbLeadCases, dbCloseCases,
	) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(newDBFixture(t, open(t)))
		})
	}
}

type dbCase struct {
	name  string
	check func(f *dbFixture)
}
