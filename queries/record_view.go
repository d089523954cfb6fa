package queries

import (
	"context"
	_ "embed"
	"fmt"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed record_view.sql
var recordViewSQL clause

// RecordView asks for one business record, or one person as a record.
type RecordView struct {
	Actor       access.Actor
	Record      domain.Record
	MinPosition eventlog.Position
}

// RecordViewResult is the record and who it belongs to; what it does not belong
// to is nil.
type RecordViewResult struct {
	Record
	CustomerUser *Person
	Customer     *Customer
	Owner        *Person
}

// RecordViewHandler answers [RecordView].
type RecordViewHandler struct{ Sources }

// Handle returns the record, or an error of domain.CodeNotFound when it is
// unknown, removed, or the actor may not view it.
func (h RecordViewHandler) Handle(ctx context.Context, q RecordView) (RecordViewResult, error) {
	if err := h.wait(ctx, q.MinPosition, directory); err != nil {
		return RecordViewResult{}, err
	}
	return h.findRecord(ctx, q.Actor, q.Record, onlyPresent)
}

// Whether a record is found that the commerce system has removed.
const (
	alsoRemoved = true
	onlyPresent = false
)

// findRecord returns the record if the actor may view it.
func (s Sources) findRecord(ctx context.Context, a access.Actor, r domain.Record, removed bool) (RecordViewResult, error) {
	p := asSeenBy(a)
	p["type"], p["id"] = r.Type, r.ID
	p["record_present"], p["person_present"] = clause(`true`), clause(`true`)
	if !removed {
		p["record_present"], p["person_present"] = clause(`not r.removed`), clause(`not p.removed`)
	}
	found, err := collect(ctx, s.DB, p, recordViewSQL, func(row sqldb.Row) (RecordViewResult, error) {
		return scanRecordView(row, r)
	})
	if err != nil {
		return RecordViewResult{}, fmt.Errorf("find record: %w", err)
	}
	if len(found) == 0 {
		return RecordViewResult{}, domain.NewError(domain.CodeNotFound, "There is no such record, or you may not view it.")
	}
	return found[0], nil
}

func scanRecordView(row sqldb.Row, r domain.Record) (RecordViewResult, error) {
	out := RecordViewResult{Record: Record{Record: r}}
	var customerUser, customerUserName, customer, customerName, owner, ownerName string
	err := row.Scan(&out.Label, &out.URL, &customerUser, &customerUserName, &customer, &customerName, &owner, &ownerName)
	if customerUser != "" {
		p := person(string(domain.KindCustomerUser), customerUser, customerUserName)
		out.CustomerUser = &p
	}
	if customer != "" {
		out.Customer = &Customer{ID: customer, Name: customerName}
	}
	if owner != "" {
		p := person(string(domain.KindUser), owner, ownerName)
		out.Owner = &p
	}
	return out, err
}
