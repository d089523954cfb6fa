package queries

import (
	"context"
	_ "embed"
	"fmt"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/idempotence"
	"parley/domain/sqldb"
)

//go:embed receipts.sql
var receiptSQL string

// Receipts finds what idempotent commands wrote, however long ago. It implements
// idempotence.Receipts.
type Receipts struct{ DB sqldb.DB }

// Find returns the receipt of a person's key and whether there is one. The
// answer covers all events up to and including the covered position. It asks
// for no permission: a key belongs to the person who used it.
func (r Receipts) Find(ctx context.Context, organization string, person domain.Person, key string) (receipt idempotence.Receipt, found bool, covered eventlog.Position, err error) {
	receipt = idempotence.Receipt{Organization: organization, Person: person, Key: key}
	for row, err := range r.DB.Query(ctx, receiptSQL, organization, string(person.Kind), person.ID, key) {
		if err != nil {
			return idempotence.Receipt{}, false, 0, fmt.Errorf("find receipt: %w", err)
		}
		var at, first, last, position int64
		if err := row.Scan(&at, &receipt.Fingerprint, &receipt.Stream, &first, &last, &position); err != nil {
			return idempotence.Receipt{}, false, 0, fmt.Errorf("read receipt: %w", err)
		}
		receipt.First, receipt.Last = eventlog.Revision(first), eventlog.Revision(last)
		receipt.Position, covered = eventlog.Position(position), eventlog.Position(at)
	}
	return receipt, receipt.Stream != "", covered, nil
}
