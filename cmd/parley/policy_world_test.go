package main_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// policyCaller is a column of the policy.
type policyCaller struct {
	caller
	is     string
	column int
	kind   string // of person; empty: nobody
}

// has reports whether the caller has the right on the object, as the policy
// says.
func (c policyCaller) has(right string, on object) bool {
	row := policy[right].ours
	if on.is == "foreign" {
		row = policy[right].foreign
	}
	return strings.ReplaceAll(row, " ", "")[c.column] == '+'
}

// object is a conversation with its people and the order that it is about. What
// it says, its secret, and the order's label show in answers.
type object struct {
	is           string // ours or foreign
	id, secret   string
	owner, buyer string
	order, label string
	file         string // on a message of it
}

// at is the conversation's path.
func (o object) at() string { return "/v1/conversations/" + o.id }

// policyWorld is a server with two organizations: people of every kind around a
// conversation of ours and a foreign one.
type policyWorld struct {
	t       *testing.T
	p       *program
	callers []policyCaller
	ours    object
	foreign object
	before  map[string]string // history of the two
}

// tokenMaker signs tokens as the commerce system does, with a key in a file.
type tokenMaker struct{ key ed25519.PrivateKey }

func newTokenMaker(t *testing.T) (m tokenMaker, settings []string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tokenMaker{private}, []string{"--jwt-keys", file, "--jwt-issuer", "shop", "--jwt-audience", "parley"}
}

func (m tokenMaker) token(t *testing.T, organization, kind, id string) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "shop", "aud": "parley", "exp": time.Now().Add(time.Hour).Unix(),
		"sub": id, "kind": kind, "organization": renamed(t, organization),
	}).SignedString(m.key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// newPolicyWorld starts the server and mirrors the people.
func newPolicyWorld(t *testing.T, stores []string) *policyWorld {
	t.Helper()
	tokens, settings := newTokenMaker(t)
	w := &policyWorld{t: t, p: serve(t, stores, settings...), before: map[string]string{}}
	w.mirrorOurs()
	w.importTheirs(setting(stores, "--data"))
	for i, c := range []struct{ is, organization, kind, id string }{
		{"nobody", "", "", ""},
		{"the buyer in it", "acme", "customer_user", "buyer"},
		{"a buyer of the same customer", "acme", "customer_user", "buyer2"},
		{"a buyer elsewhere", "acme", "customer_user", "other-buyer"},
		{"the customer's administrator", "acme", "customer_user", "customer-admin"},
		{"the owner", "acme", "user", "user"},
		{"a user of the same unit", "acme", "user", "user2"},
		{"a user of another unit", "acme", "user", "user3"},
		{"a user without roles", "acme", "user", "guest"},
		{"a manager", "acme", "user", "manager"},
		{"a manager of another unit", "acme", "user", "manager2"},
		{"an administrator", "acme", "user", "admin"},
		{"a user with the buyer's id", "acme", "user", "buyer"},
		{"a customer user with the owner's id", "acme", "customer_user", "user"},
		{"another organization's administrator", "umbrella", "user", "admin"},
		{"another organization's user with the owner's id", "umbrella", "user", "user"},
		{"another organization's buyer with the buyer's id", "umbrella", "customer_user", "buyer"},
	} {
		who := policyCaller{caller: w.p.withToken(""), is: c.is, column: i, kind: c.kind}
		if c.kind != "" {
			who.token = tokens.token(t, c.organization, c.kind, c.id)
		}
		w.callers = append(w.callers, who)
	}
	w.ours = w.like(object{is: "ours", owner: "user", buyer: "buyer", order: "1001", label: "order of ours"})
	w.foreign = w.like(object{is: "foreign", owner: "elsie", buyer: "other-buyer", order: "1002", label: "foreign order"})
	for _, on := range []*object{&w.ours, &w.foreign} {
		w.addFile(on)
	}
	for _, on := range []object{w.ours, w.foreign} {
		w.before[on.id] = w.history(on)
	}
	return w
}

// mirrorOurs adds to the demo whom it has not: another unit, a third customer,
// and people who have the ids of others of the other kind.
func (w *policyWorld) mirrorOurs() {
	w.t.Helper()
	user := func(unit string, roles ...string) obj {
		return obj{"name": "Mirrored", "business_unit": unit, "roles": roles}
	}
	var last reply
	for _, m := range []struct {
		path  string
		value obj
	}{
		{"/business-units/support", obj{"name": "Support"}},
		{"/customers/fabrikam", obj{"name": "Fabrikam"}},
		{"/people/user/user3", user("support", "user")},
		{"/people/user/elsie", user("support", "user")},
		{"/people/user/manager2", user("support", "manager")},
		{"/people/user/guest", user("sales")},
		{"/people/user/buyer", user("support")},
		{"/people/customer_user/user", obj{"name": "Mirrored", "customer": "fabrikam", "roles": arr{"customer-administrator"}}},
		{"/people/customer_user/buyer2", obj{"name": "Mirrored", "customer": "northwind", "roles": arr{"buyer"}}},
		{"/people/customer_user/other-buyer", obj{"name": "Olga Other", "customer": "contoso", "sales_representative": "elsie", "roles": arr{"buyer"}}},
		{"/records/order/1001", obj{"label": "order of ours", "customer_user": "buyer", "customer": "northwind"}},
		{"/records/order/1002", obj{"label": "foreign order", "customer_user": "other-buyer", "customer": "contoso"}},
	} {
		last = w.p.as(anAdmin).send(http.MethodPut, "/v1"+m.path, m.value).want(http.StatusNoContent)
	}
	w.p.as(anAdmin).get("/v1/conversations", "Parley-Min-Position", last.position()).want(http.StatusOK)
}

// importTheirs brings another organization in as the operator does. Its people
// have the ids of ours.
func (w *policyWorld) importTheirs(data string) {
	w.t.Helper()
	var lines strings.Builder
	for _, line := range []obj{
		{"kind": "record_type", "type": "order", "label": "Their order"},
		{"kind": "customer", "id": "northwind", "name": "Their Northwind"},
		{"kind": "person", "person_kind": "user", "id": "admin", "name": "Their Admin", "roles": arr{"administrator"}},
		{"kind": "person", "person_kind": "user", "id": "user", "name": "Their User", "roles": arr{"user"}},
		{"kind": "person", "person_kind": "user", "id": "elsie", "name": "Their Elsie", "roles": arr{"user"}},
		{"kind": "person", "person_kind": "customer_user", "id": "buyer", "name": "Their Buyer", "customer": "northwind", "roles": arr{"buyer"}},
	} {
		line["organization"] = anotherOrganization(w.t)
		encoded, err := json.Marshal(line)
		if err != nil {
			w.t.Fatal(err)
		}
		lines.Write(append(encoded, '\n'))
	}
	if code, out, errs := runProgram(w.t, strings.NewReader(lines.String()), "import", "--data", data); code != 0 {
		w.t.Fatalf("import the other organization: %d %s %s", code, out, errs)
	}
}

// like begins a conversation as the object says, with a message, and returns it
// once it can be read.
func (w *policyWorld) like(o object) object {
	w.t.Helper()
	o.secret = "secret of what is " + o.is
	at := w.p.beginAs("user:"+o.owner, obj{
		"name": o.secret, "customer_user": o.buyer, "source": aRecord("order", o.order), "message": saying(o.secret),
	})
	o.id = strings.TrimPrefix(at, "/v1/conversations/")
	return o
}

// addFile puts a file on a message of the conversation.
func (w *policyWorld) addFile(on *object) {
	w.t.Helper()
	owner := w.p.as("user:" + on.owner)
	on.file = owner.upload("file.txt", "words").want(http.StatusCreated).id()
	said := owner.post(on.at()+"/messages", carrying("see", on.file)).want(http.StatusCreated)
	owner.get(on.at()+"/messages", "Parley-Min-Position", said.position()).want(http.StatusOK)
}

// absent is the same object where there is none.
func (w *policyWorld) absent(o object) object {
	o.id = strings.TrimPrefix(unknownConv, "/v1/conversations/")
	o.order = "none"
	return o
}

func (w *policyWorld) history(o object) string {
	w.t.Helper()
	return string(w.p.as(anAdmin).get(o.at() + "/history").want(http.StatusOK).body)
}

// nothingElseHappened checks that whatever was refused left no event, and that
// the other organization's administrator changed nothing of ours.
func (w *policyWorld) nothingElseHappened() {
	w.t.Helper()
	for _, on := range []object{w.ours, w.foreign} {
		if w.history(on) != w.before[on.id] {
			w.t.Errorf("what was refused changed what is %s: %s", on.is, w.history(on))
		}
	}
}
