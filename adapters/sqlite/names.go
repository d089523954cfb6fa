package sqlite

import (
	"regexp"
	"slices"
	"sync"
)

// qualifier matches literals and comments, to be passed over, and the first
// part of a qualified name.
var qualifier = regexp.MustCompile(`'[^']*'|--[^\n]*|\b([a-z][a-z0-9_]*)\s*\.`)

// nameCache remembers which qualifiers the texts of queries have. Texts are few.
type nameCache struct {
	mu    sync.Mutex
	known map[string][]string
}

// maxTexts bounds the texts that are remembered.
const maxTexts = 1000

// of returns the qualifiers of a query: schemas, and aliases of tables.
func (c *nameCache) of(sql string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if names, ok := c.known[sql]; ok {
		return names
	}
	if c.known == nil || len(c.known) >= maxTexts {
		c.known = map[string][]string{}
	}
	var names []string
	for _, match := range qualifier.FindAllStringSubmatch(sql, -1) {
		if match[1] != "" {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	c.known[sql] = names
	return names
}

// filesOf acquires the files of the schemas among the names, as they are at one
// moment.
func (db *DB) filesOf(names []string) map[string]*dataFile {
	files := make(map[string]*dataFile, len(names))
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, name := range names {
		if s := db.schemas[name]; s != nil {
			s.file.refs++
			files[name] = s.file
		}
	}
	return files
}
