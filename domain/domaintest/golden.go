// Package domaintest holds what the tests of aggregates share.
package domaintest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parley/domain"
)

var update = flag.Bool("update", false, "write the golden files of stored events")

// Golden holds an aggregate to the JSON of its events: every type of the
// manifest has a sample, whose JSON is that of testdata/<event type>.json and
// reads back as the sample; and every file there, also of a type that is no
// longer written, still decodes. Another form of a type, which is or was written
// as well, is kept as <event type>~<what it is>.json. With -update it writes the
// files of samples.
func Golden(t *testing.T, manifest []domain.Type, samples ...domain.Event) {
	t.Helper()
	registry, err := domain.NewRegistry(manifest)
	if err != nil {
		t.Fatal(err)
	}
	sampled := map[string]domain.Event{}
	for _, e := range samples {
		sampled[e.EventType()] = e
	}
	for _, m := range manifest {
		t.Run(m.Name(), func(t *testing.T) { compare(t, registry, m.Name(), sampled[m.Name()]) })
	}
	t.Run("every stored file still decodes", func(t *testing.T) { decodeAll(t, registry) })
}

func compare(t *testing.T, registry *domain.Registry, name string, sample domain.Event) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if newer, _ := registry.Becomes(name); newer != name {
		return // no longer written: its file only has to decode
	}
	if sample == nil {
		t.Fatalf("%s has no sample", name)
	}
	got, err := json.MarshalIndent(sample, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		writeFile(t, file, append(got, '\n'))
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run the test with -update", err)
	}
	if !bytes.Equal(bytes.TrimSpace(want), got) {
		t.Errorf("JSON of %s changed\n got %s\nwant %s", name, got, want)
	}
	back, err := registry.Decode(name, want)
	if err != nil || !reflect.DeepEqual(back, sample) {
		t.Errorf("%s reads back as %+v (error %v), want %+v", name, back, err, sample)
	}
	zeroFields(t, reflect.ValueOf(sample), name)
}

// zeroFields fails for a field that the sample leaves empty: its JSON name
// would not be held.
func zeroFields(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("the sample of %s leaves %s empty", path, v.Type().Field(i).Name)
		}
	}
}

func decodeAll(t *testing.T, registry *domain.Registry) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files (error %v)", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "~")
		if _, err := registry.Decode(name, data); err != nil {
			t.Error(err)
		}
	}
}

func writeFile(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
