package httpapi_test

import (
	"strings"
	"testing"

	"parley/adapters/httpapi/ndjson"
	"parley/commands"
	"parley/domain/access"
)

// world is who and what the tests are about. Stranger is an administrator of
// another organization, where the ids are the same.
const world = `
{"kind":"business_unit","id":"sales","name":"Sales","organization":"acme"}
{"kind":"customer","id":"northwind","name":"Northwind","organization":"acme"}
{"kind":"customer","id":"contoso","name":"Contoso","organization":"acme"}
{"kind":"person","person_kind":"user","id":"admin","name":"Ada Admin","business_unit":"sales","roles":["administrator"],"organization":"acme"}
{"kind":"person","person_kind":"user","id":"user","name":"Uma User","business_unit":"sales","roles":["user"],"organization":"acme"}
{"kind":"person","person_kind":"user","id":"user2","name":"Ugo User","business_unit":"sales","roles":["user"],"organization":"acme"}
{"kind":"person","person_kind":"user","id":"gone","name":"Greta Gone","enabled":false,"roles":["user"],"organization":"acme"}
{"kind":"person","person_kind":"customer_user","id":"buyer","name":"Bert Buyer","customer":"northwind","sales_representative":"user","roles":["buyer"],"organization":"acme"}
{"kind":"person","person_kind":"customer_user","id":"other-buyer","name":"Olga Other","customer":"contoso","roles":["buyer"],"organization":"acme"}
{"kind":"record_type","type":"order","label":"Order","organization":"acme"}
{"kind":"record","type":"order","id":"1001","label":"1001","url":"https://shop.example/1001","customer_user":"buyer","customer":"northwind","organization":"acme"}
{"kind":"record","type":"order","id":"1002","label":"1002","customer_user":"other-buyer","customer":"contoso","organization":"acme"}
{"kind":"record","type":"order","id":"a/b c","label":"Odd id","customer_user":"buyer","customer":"northwind","organization":"acme"}
{"kind":"person","person_kind":"user","id":"stranger","name":"Stranger","roles":["administrator"],"organization":"globex"}
`

// The tokens of the world's people.
const (
	admin      = "demo:user:admin"
	user       = "demo:user:user"
	user2      = "demo:user:user2"
	buyer      = "demo:customer_user:buyer"
	otherBuyer = "demo:customer_user:other-buyer"
	stranger   = "stranger"
)

func populate(t *testing.T, h commands.ImportLineHandler) {
	t.Helper()
	for _, organization := range []string{"acme", "globex"} {
		var mine []string
		for line := range strings.Lines(world) {
			if strings.Contains(line, `"organization":"`+organization+`"`) {
				mine = append(mine, line)
			}
		}
		file := ndjson.Import{Handle: h.Handle, Request: commands.Request{Actor: access.SystemActor(organization)}}
		_, err := file.Run(t.Context(), strings.NewReader(strings.Join(mine, "")), func(r ndjson.Result) error { return r.Err })
		if err != nil {
			t.Fatalf("populate %s: %v", organization, err)
		}
	}
}
