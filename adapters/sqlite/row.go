package sqlite

import (
	"errors"
	"fmt"

	"parley/adapters/direct"
)

var errNull = errors.New("null where there must be a value")

// row is the row that a statement is at. It implements [sqldb.Row].
type row struct{ statement *direct.Stmt }

// Scan reads all columns.
func (r row) Scan(dest ...any) error {
	if n := r.statement.Columns(); n != len(dest) {
		return fmt.Errorf("read %d columns into %d values", n, len(dest))
	}
	for i, to := range dest {
		if err := r.read(i, to); err != nil {
			return fmt.Errorf("read column %d: %w", i+1, err)
		}
	}
	return nil
}

func (r row) read(i int, to any) error {
	null := r.statement.Null(i)
	switch to := to.(type) {
	case *string:
		return put(to, r.text(i), null)
	case *int64:
		return put(to, r.statement.Int(i), null)
	case *bool:
		return put(to, r.truth(i), null)
	case *float64:
		return put(to, r.statement.Float(i), null)
	case *[]byte:
		*to = nil
		if !null {
			*to = []byte(r.text(i))
		}
	case **string:
		*to = unless(null, r.text(i))
	case **int64:
		*to = unless(null, r.statement.Int(i))
	case **bool:
		*to = unless(null, r.truth(i))
	case **float64:
		*to = unless(null, r.statement.Float(i))
	default:
		return fmt.Errorf("a %T takes no value", to)
	}
	return nil
}

func (r row) text(i int) string { return string(r.statement.Bytes(i)) }

func (r row) truth(i int) bool { return r.statement.Int(i) != 0 }

func put[T any](to *T, value T, null bool) error {
	if null {
		return errNull
	}
	*to = value
	return nil
}

func unless[T any](null bool, value T) *T {
	if null {
		return nil
	}
	return &value
}
