package sqlite_test

import (
	"testing"

	"parley/adapters/adaptertest"
)

func BenchmarkWrite(b *testing.B) {
	adaptertest.BenchmarkSQLDBWrite(b, open(b, b.TempDir()))
}
