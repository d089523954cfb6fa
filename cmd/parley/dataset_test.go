package main_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// dialoguesVariable names the import file that tests use in place of the one
// they look for beside the project.
const dialoguesVariable = "PARLEY_TEST_DIALOGUES"

// dataset is an import file and what its lines say, read without the product.
type dataset struct {
	lines         [][]byte
	types         map[string]string // labels of record types
	customers     map[string]*datasetCustomer
	people        map[personKey]*datasetPerson
	records       map[recordKey]*datasetRecord
	conversations []*datasetConversation
}

type (
	personKey struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
	}
	recordKey struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	}
	datasetCustomer struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Parent string `json:"parent"`
	}
	datasetPerson struct {
		Kind                string   `json:"person_kind"`
		ID                  string   `json:"id"`
		Name                string   `json:"name"`
		Customer            string   `json:"customer"`
		SalesRepresentative string   `json:"sales_representative"`
		Roles               []string `json:"roles"`
	}
	datasetRecord struct {
		recordKey
		Label        string `json:"label"`
		URL          string `json:"url"`
		CustomerUser string `json:"customer_user"`
		Customer     string `json:"customer"`
	}
	datasetMessage struct {
		From string    `json:"from"`
		Body string    `json:"body"`
		At   time.Time `json:"at"`
	}
	datasetConversation struct {
		Key          string           `json:"key"`
		Name         string           `json:"name"`
		CustomerUser string           `json:"customer_user"`
		Owner        string           `json:"owner"`
		Source       *recordKey       `json:"source"`
		Contexts     []recordKey      `json:"contexts"`
		StartedAt    time.Time        `json:"started_at"`
		Messages     []datasetMessage `json:"messages"`
		ClosedAt     *time.Time       `json:"closed_at"`

		line    int               // from 1
		id      string            // as the server says
		cursors map[personKey]int // of each participant: the number of their own last message
		about   []recordKey       // what it has as contexts, each once
	}
)

// realDataset reads the file of real dialogues, or makes one of the same form
// where it is not there.
func realDataset(t *testing.T) *dataset {
	t.Helper()
	name := os.Getenv(dialoguesVariable)
	if name == "" {
		found, err := filepath.Glob(filepath.Join("..", "..", "..", "*", "data", "dialogues.ndjson.gz"))
		if err != nil || len(found) == 0 {
			return generateDataset(t, 2000)
		}
		name = found[0]
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatalf("open the dialogues: %v", err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("open the dialogues: %v", err)
	}
	return readDataset(t, plain)
}

// readDataset reads lines in the format of import files.
func readDataset(t *testing.T, from io.Reader) *dataset {
	t.Helper()
	d := &dataset{
		types: map[string]string{}, customers: map[string]*datasetCustomer{},
		people: map[personKey]*datasetPerson{}, records: map[recordKey]*datasetRecord{},
	}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 2<<20)
	for lines.Scan() {
		line := []byte(ofTheTest(t, lines.Text()))
		d.lines = append(d.lines, line)
		if err := d.add(line); err != nil {
			t.Fatalf("line %d: %v", len(d.lines), err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("read the dialogues: %v", err)
	}
	return d
}

func (d *dataset) add(line []byte) error {
	var head struct {
		Kind  string `json:"kind"`
		Type  string `json:"type"`
		Label string `json:"label"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "record_type":
		d.types[head.Type] = head.Label
	case "customer":
		c := &datasetCustomer{}
		defer func() { d.customers[c.ID] = c }()
		return json.Unmarshal(line, c)
	case "person":
		p := &datasetPerson{}
		defer func() { d.people[personKey{p.Kind, p.ID}] = p }()
		return json.Unmarshal(line, p)
	case "record":
		r := &datasetRecord{}
		defer func() { d.records[r.recordKey] = r }()
		return json.Unmarshal(line, r)
	case "conversation":
		c := &datasetConversation{line: len(d.lines)}
		d.conversations = append(d.conversations, c)
		defer c.derive()
		return json.Unmarshal(line, c)
	}
	return nil
}

// derive works out who takes part and what the conversation is about: owner and
// customer user, whoever wrote, the source and the contexts chosen.
func (c *datasetConversation) derive() {
	c.cursors = map[personKey]int{{"user", c.Owner}: 0, {"customer_user", c.CustomerUser}: 0}
	for i, m := range c.Messages {
		c.cursors[c.sender(m)] = i + 1
	}
	c.about = slices.Clone(c.Contexts)
	if c.Source != nil {
		c.about = append(c.about, *c.Source)
	}
	for p := range c.cursors {
		c.about = append(c.about, recordKey{p.Kind, p.ID})
	}
	slices.SortFunc(c.about, func(a, b recordKey) int { return cmp.Compare(a.String(), b.String()) })
	c.about = slices.Compact(c.about)
}

// sender returns who a message is from: the customer user, else a user.
func (c *datasetConversation) sender(m datasetMessage) personKey {
	if m.From == c.CustomerUser {
		return personKey{"customer_user", m.From}
	}
	return personKey{"user", m.From}
}

// first returns the dataset with its first conversations alone, and whom and
// what they name.
func (d *dataset) first(t *testing.T, conversations int) *dataset {
	t.Helper()
	named := map[string]bool{d.administrator(t).ID: true}
	chosen := d.conversations[:min(conversations, len(d.conversations))]
	for _, c := range chosen {
		for _, r := range c.about {
			named[r.ID] = true
		}
	}
	for key, r := range d.records {
		if named[key.ID] {
			named[r.CustomerUser], named[r.Customer] = true, true
		}
	}
	for key, p := range d.people {
		if named[key.ID] {
			named[p.Customer], named[p.SalesRepresentative] = true, true
			for c := d.customers[p.Customer]; c != nil; c = d.customers[c.Parent] {
				named[c.ID] = true
			}
		}
	}
	var keep [][]byte
	for _, line := range d.lines {
		var l struct{ Kind, ID, Key string }
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("read a line: %v", err)
		}
		last := chosen[len(chosen)-1].Key
		if l.Kind == "record_type" || l.Kind == "business_unit" || l.Kind == "conversation" || named[l.ID] {
			keep = append(keep, line)
		}
		if l.Key == last {
			break
		}
	}
	return readDataset(t, bytes.NewReader(bytes.Join(keep, []byte("\n"))))
}

// text returns the file.
func (d *dataset) text() []byte {
	return append(bytes.Join(d.lines, []byte("\n")), '\n')
}

// zipped returns the file as gzip.
func (d *dataset) zipped(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(d.text()); err != nil {
		t.Fatalf("zip: %v", err)
	}
	if err := z.Close(); err != nil {
		t.Fatalf("zip: %v", err)
	}
	return out.Bytes()
}

// inFile writes content to a file of the test and returns its name.
func inFile(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "import.ndjson")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatalf("write the file: %v", err)
	}
	return name
}

// administrator returns a user who may do all.
func (d *dataset) administrator(t *testing.T) personKey {
	t.Helper()
	for _, key := range d.everybody() {
		if key.Kind == "user" && slices.Contains(d.people[key].Roles, "administrator") {
			return key
		}
	}
	t.Fatal("the file has no administrator")
	return personKey{}
}

// everybody returns all people, in an order that stays.
func (d *dataset) everybody() []personKey { return sortedKeys(d.people, personKey.String) }

// String returns the person as a demo token names them.
func (p personKey) String() string { return p.Kind + ":" + p.ID }

// String returns the record as a path names it.
func (r recordKey) String() string { return r.Type + "/" + r.ID }
