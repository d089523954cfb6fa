package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "parley/"

// mayImport says which of the project's own packages each room may know.
var mayImport = map[string][]string{
	"domain":      {"domain"},
	"commands":    {"commands", "domain"},
	"queries":     {"queries", "domain"},
	"projections": {"projections", "domain"},
	"adapters":    {"domain", "projections", "commands", "queries"},
}

// entries are the adapters that people enter by: they call commands and queries.
var entries = []string{"adapters/httpapi"}

// shared are libraries of our own that adapters stand on: they know no adapter.
var shared = []string{"adapters/direct"}

// kits are what tests are made with: they run whatever is real.
var kits = []string{"adapters/adaptertest", "projections/projectiontest"}

// knownTo says which packages may know a library; a test that runs the real
// thing may too.
var knownTo = map[string][]string{
	"github.com/jackc/pgx/":                           {"adapters/postgres"},
	"github.com/EventStore/EventStore-Client-Go/":     {"adapters/eventstore", "adapters/eventnode/transport"},
	"github.com/ThreeDotsLabs/watermill":              {"adapters/stream"},
	"github.com/go-chi/":                              {"adapters/httpapi"},
	"github.com/coreos/go-oidc/":                      {"adapters/identity"},
	"github.com/go-jose/":                             {"adapters/identity"},
	"golang.org/x/oauth2":                             {"adapters/identity"},
	"golang.org/x/time":                               {"adapters/httpapi"},
	"github.com/alexedwards/scs/":                     {"adapters/identity"},
	"github.com/minio/minio-go/":                      {"adapters/blobs"},
	"github.com/gabriel-vasile/mimetype":              {"adapters/filetype"},
	"modernc.org/sqlite":                              {"adapters/direct", "adapters/eventnode", "adapters/sqlite"},
	"github.com/EventStore/EventStore-Client-Go/v4/e": {"adapters/eventstore"}, // esdb, the client itself
}

func TestDependencies_point_inward(t *testing.T) {
	t.Parallel()
	for dir, imports := range packages(t) {
		for _, path := range imports {
			if why := refused(dir, path); why != "" {
				t.Errorf("%s imports %s: %s", dir, path, why)
			}
		}
	}
}

func TestRefused_knows_a_wrong_import(t *testing.T) {
	t.Parallel()
	for dir, path := range map[string]string{
		"domain/conversation": "github.com/google/go-cmp/cmp",
		"domain":              "parley/commands",
		"commands":            "parley/queries",
		"queries":             "parley/projections",
		"adapters/live":       "parley/commands",
		"adapters/postgres":   "parley/adapters/sqlite",
		"adapters/mail":       "github.com/jackc/pgx/v5",
		"adapters/httpapi":    "parley/adapters/identity",
		"adapters/markup":     "github.com/alexedwards/scs/v2",
		"adapters/stream":     "golang.org/x/oauth2",
		"adapters/direct":     "parley/adapters/sqlite",
	} {
		if refused(dir, path) == "" {
			t.Errorf("%s may import %s", dir, path)
		}
	}
}

// refused returns why a package may not import another, or "".
func refused(dir, path string) string {
	room, _, _ := strings.Cut(dir, "/")
	if room == "cmd" || slices.ContainsFunc(kits, func(kit string) bool { return within(dir, kit) }) {
		return ""
	}
	own, isOwn := strings.CutPrefix(path, module)
	if !isOwn {
		return refusedLibrary(dir, room, path)
	}
	other, _, _ := strings.Cut(own, "/")
	switch {
	case room == "adapters" && other == "adapters":
		if !within(own, adapterOf(dir)) && !slices.Contains(shared, own) {
			return "adapters never know each other"
		}
	case room == "adapters" && (other == "commands" || other == "queries"):
		if !slices.Contains(entries, adapterOf(dir)) {
			return "only adapters that people enter by know commands and queries"
		}
	case !slices.Contains(mayImport[room], other):
		return room + " does not know " + other
	}
	return ""
}

func refusedLibrary(dir, room, path string) string {
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return ""
	}
	if room == "domain" && path != "github.com/google/uuid" {
		return "domain knows the standard library and uuid only"
	}
	for library, rooms := range knownTo {
		if !strings.HasPrefix(path, library) {
			continue
		}
		if !slices.ContainsFunc(rooms, func(r string) bool { return within(dir, r) }) {
			return library + " is known to " + strings.Join(rooms, " and ") + " alone"
		}
	}
	return ""
}

// adapterOf returns the folder of the adapter that a package belongs to.
func adapterOf(dir string) string {
	parts := strings.Split(dir, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func within(dir, room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") }

// packages returns the imports of every package, tests aside: they may run
// whatever is real.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); path != root && strings.HasPrefix(name, ".") || name == "testdata" {
			return filepath.SkipDir
		}
		p, err := build.ImportDir(path, 0)
		if err != nil {
			return nil // no Go here
		}
		dir, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(dir)] = p.Imports
		return nil
	})
	if err != nil {
		t.Fatalf("walk the project: %v", err)
	}
	if len(found) < 20 {
		t.Fatalf("only %d packages were found", len(found))
	}
	return found
}
