package directory_test

import (
	"testing"

	"parley/domain"
	"parley/domain/directory"
	"parley/domain/domaintest"
)

func TestEvents_keep_their_stored_form(t *testing.T) {
	domaintest.Golden(t, directory.Types,
		directory.PersonMirrored{
			Organization: "acme", Kind: domain.KindCustomerUser, ID: "bob", Name: "Bob Böhm", Email: "bob@northwind.example",
			Locale: "de", BusinessUnit: "sales", Customer: "northwind", SalesRepresentative: "ada",
			Groups: []string{"vip"}, Roles: []string{"buyer"}, Enabled: true,
		},
		directory.PersonRemoved{Organization: "acme", Kind: domain.KindUser, ID: "ada"},
		directory.RecordMirrored{
			Organization: "acme", Type: "order", ID: "1001", Label: "1001", URL: "https://shop.example/order/1001",
			CustomerUser: "bob", Customer: "northwind", Owner: "ada",
		},
		directory.RecordRemoved{Organization: "acme", Type: "order", ID: "1001"},
		directory.RecordTypeMirrored{Organization: "acme", Type: "rfq", Label: "Request for Quote"},
		directory.RecordTypeRemoved{Organization: "acme", Type: "rfq"},
		directory.CustomerMirrored{Organization: "acme", ID: "northwind", Name: "Northwind Ltd", Parent: "trade"},
		directory.CustomerRemoved{Organization: "acme", ID: "northwind"},
		directory.BusinessUnitMirrored{Organization: "acme", ID: "sales", Name: "Sales", Parent: "all"},
		directory.BusinessUnitRemoved{Organization: "acme", ID: "sales"},
	)
}
