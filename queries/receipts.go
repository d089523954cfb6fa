package queries

import (
	"context"
	_ "embed"
	"fmt"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed receipts.sql
var receiptSQL string

// Receipt says what was done under an idempotency key: the events First to Last
// of a stream, the last of them at Position, for a request with Fingerprint.
type Receipt struct {
	Organization string
	Person       domain.Person
	Key          string
	Fingerprint  string
	Stream       string
	First, Last  eventlog.Revision
	Position     eventlog.Position
}

// Receipts finds what idempotent commands wrote, however long ago.
type Receipts struct{ DB sqldb.DB }

// Find returns the receipt of a person's key and whether there is one. The
// answer covers all events up to and including the covered position. It asks
// for no permission: a key belongs to the person who used it.
func (r Receipts) Find(ctx context.Context, organization string, person domain.Person, key string) (receipt Receipt, found bool, covered eventlog.Position, err error) {
	receipt = Receipt{Organization: organization, Person: person, Key: key}
	for row, err := range r.DB.Query(ctx, receiptSQL, organization, string(person.Kind), person.ID, key) {
		if err != nil {
			return Receipt{}, false, 0, fmt.Errorf("find receipt: %w", err)
		}
		var at, first, last, position int64
		if err := row.Scan(&at, &receipt.Fingerprint, &receipt.Stream, &first, &last, &position); err != nil {
			return Receipt{}, false, 0, fmt.Errorf("read receipt: %w", err)
		}
		receipt.First, receipt.Last = eventlog.Revision(first), eventlog.Revision(last)
		receipt.Position, covered = eventlog.Position(position), eventlog.Position(at)
	}
	return receipt, receipt.Stream != "", covered, nil
}
