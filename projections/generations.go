package projections

import (
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/sqldb"
)

// nextGeneration is the schema that a rebuild of a projection fills.
func nextGeneration(name string) string { return name + "__next" }

// naming makes the statements of a projection name the tables of one of its
// generations. It is safe for concurrent use.
type naming struct {
	projection, schema string

	mu    sync.Mutex
	cache map[string]string
}

// maxTexts bounds the cache of renamed statements; [Rows] makes few texts of a
// shape, so that a projection stays far below.
const maxTexts = 1024

func newNaming(projection, schema string) *naming {
	return &naming{projection: projection, schema: schema, cache: map[string]string{}}
}

// own returns a statement of the kernel's, in which § stands for the schema.
func (n *naming) own(sql string) string { return strings.ReplaceAll(sql, "§", n.schema) }

// ddl returns the DDL of the whole generation.
func (n *naming) ddl(p Projection) string {
	kernel := fmt.Sprintf(n.own(kernelDDL), uuid.New(), p.Version, domain.Now().UnixMicro())
	return n.text(p.Schema) + kernel
}

// statements returns the projection's statements for this generation, changing
// them in place.
func (n *naming) statements(batch []sqldb.Statement) []sqldb.Statement {
	if n.projection == n.schema {
		return batch
	}
	for i := range batch {
		batch[i].SQL = n.text(batch[i].SQL)
	}
	return batch
}

// text returns SQL with the projection's schema replaced.
func (n *naming) text(sql string) string {
	if n.projection == n.schema {
		return sql
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if renamed, ok := n.cache[sql]; ok {
		return renamed
	}
	if len(n.cache) >= maxTexts {
		clear(n.cache)
	}
	renamed := qualify(sql, n.projection, n.schema)
	n.cache[sql] = renamed
	return renamed
}

// qualify replaces the qualifier from by to: the word, outside of string
// literals, with a dot behind it and neither a dot nor a letter before it.
func qualify(sql, from, to string) string {
	var out strings.Builder
	quoted := false
	for i := 0; i < len(sql); i++ {
		if sql[i] == '\'' {
			quoted = !quoted
		}
		starts := !quoted && strings.HasPrefix(sql[i:], from) && (i == 0 || !inWord(sql[i-1]))
		if end := i + len(from); starts && end < len(sql) && sql[end] == '.' {
			out.WriteString(to)
			i = end
		}
		out.WriteByte(sql[i])
	}
	return out.String()
}

// inWord reports whether a byte before a name makes it part of another one.
func inWord(b byte) bool {
	return b == '_' || b == '.' || b == '$' || b >= 0x80 ||
		'0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
