package main

import (
	"context"
	"fmt"

	"parley/commands"
	"parley/domain"
	"parley/domain/directory"
)

// demoDefaultOwner owns what customer users of the demo start who have no sales
// representative.
const demoDefaultOwner = "admin"

var demoUnits = []directory.BusinessUnitMirrored{{ID: "sales", Name: "Sales"}}

var demoCustomers = []directory.CustomerMirrored{
	{ID: "northwind", Name: "Northwind"},
	{ID: "contoso", Name: "Contoso"},
}

var demoPeople = []directory.PersonMirrored{
	demoUser("admin", "Ada Admin", "administrator"),
	demoUser("manager", "Max Manager", "manager"),
	demoUser("user", "Uma User", "user"),
	demoUser("user2", "Ugo User", "user"),
	demoCustomerUser("customer-admin", "Cora Chief", "northwind", "user", "customer-administrator"),
	demoCustomerUser("buyer", "Bert Buyer", "northwind", "user", "buyer"),
	demoCustomerUser("other-buyer", "Olga Other", "contoso", "", "buyer"),
}

var demoRecordTypes = []directory.RecordTypeMirrored{
	{Type: "order", Label: "Order"},
	{Type: "rfq", Label: "Request for Quote"},
	{Type: "quote", Label: "Quote"},
}

var demoRecords = []directory.RecordMirrored{
	demoRecord("order", "1001", "buyer", "northwind"),
	demoRecord("order", "1002", "other-buyer", "contoso"),
	demoRecord("order", "1003", "customer-admin", "northwind"),
	demoRecord("rfq", "2001", "buyer", "northwind"),
	demoRecord("rfq", "2002", "customer-admin", "northwind"),
	demoRecord("quote", "3001", "buyer", "northwind"),
	demoRecord("quote", "3002", "customer-admin", "northwind"),
}

func demoUser(id, name, role string) directory.PersonMirrored {
	return directory.PersonMirrored{
		Kind: domain.KindUser, ID: id, Name: name, Email: id + "@acme.example", Locale: "en",
		BusinessUnit: "sales", Roles: []string{role}, Enabled: true,
	}
}

func demoCustomerUser(id, name, customer, representative, role string) directory.PersonMirrored {
	return directory.PersonMirrored{
		Kind: domain.KindCustomerUser, ID: id, Name: name, Email: id + "@" + customer + ".example", Locale: "en",
		Customer: customer, SalesRepresentative: representative, Roles: []string{role}, Enabled: true,
	}
}

func demoRecord(typ, id, customerUser, customer string) directory.RecordMirrored {
	return directory.RecordMirrored{Type: typ, ID: id, Label: id, CustomerUser: customerUser, Customer: customer, Owner: "user"}
}

// seedDemo mirrors the demo's people and records, once: the last of them says
// that it was done, and what was changed or removed since stays so.
func (u useCases) seedDemo(ctx context.Context, organization string) error {
	req := systemRequest(organization)
	d := u.directory
	last := demoRecords[len(demoRecords)-1]
	if known, err := d.Record(ctx, organization, domain.Record{Type: last.Type, ID: last.ID}); err != nil || known.Known {
		return err
	}
	return firstError(
		seed(demoUnits, func(v directory.BusinessUnitMirrored) error {
			_, err := commands.MirrorBusinessUnitHandler{Directory: d}.Handle(ctx, commands.MirrorBusinessUnit{Request: req, Value: v})
			return err
		}),
		seed(demoCustomers, func(v directory.CustomerMirrored) error {
			_, err := commands.MirrorCustomerHandler{Directory: d}.Handle(ctx, commands.MirrorCustomer{Request: req, Value: v})
			return err
		}),
		seed(demoPeople, func(v directory.PersonMirrored) error {
			_, err := commands.MirrorPersonHandler{Directory: d}.Handle(ctx, commands.MirrorPerson{Request: req, Value: v})
			return err
		}),
		seed(demoRecordTypes, func(v directory.RecordTypeMirrored) error {
			_, err := commands.MirrorRecordTypeHandler{Directory: d}.Handle(ctx, commands.MirrorRecordType{Request: req, Value: v})
			return err
		}),
		seed(demoRecords, func(v directory.RecordMirrored) error {
			_, err := commands.MirrorRecordHandler{Directory: d}.Handle(ctx, commands.MirrorRecord{Request: req, Value: v})
			return err
		}),
	)
}

// seed returns a step that mirrors all values.
func seed[V any](values []V, mirror func(V) error) func() error {
	return func() error {
		for _, v := range values {
			if err := mirror(v); err != nil {
				return fmt.Errorf("seed the demo: %w", err)
			}
		}
		return nil
	}
}

// firstError takes the steps in order and stops at the first that fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// greetDemo says who to sign in as, and how.
func greetDemo(std stdio, organization, address string) {
	fmt.Fprintf(std.out, "\nDemo people of organization %s:\n", organization)
	for _, p := range demoPeople {
		of := p.BusinessUnit
		if p.Kind == domain.KindCustomerUser {
			of = p.Customer
		}
		fmt.Fprintf(std.out, "  %-36s %-12s %s, %s\n", "demo:"+p.Person().String(), p.Name, p.Roles[0], of)
	}
	fmt.Fprintf(std.out, "\nTry: curl -H 'Authorization: Bearer demo:user:admin' http://%s/v1/me\n", address)
}
