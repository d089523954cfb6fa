package markup

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"parley/domain"
	"parley/domain/conversation"
)

// Mentions returns the different people whom a text mentions, in their order, at
// most [conversation.MaxMentions]: further ones are only shown. What is code
// mentions nobody.
func Mentions(body string) (people []domain.Person) {
	if !strings.Contains(body, "@") {
		return nil
	}
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader([]byte(body))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		m, is := n.(*mention)
		if is && entering && len(people) < conversation.MaxMentions && !slices.Contains(people, m.person) {
			people = append(people, m.person)
		}
		return ast.WalkContinue, nil
	})
	return people
}

// mention is a person who is named in a text, in one of two forms:
//
//	@user:uma
//	@[Uma User](user:uma)
//
// The first is for ids of letters, digits, dots, underscores and hyphens that
// neither begin nor end with a dot or a hyphen; it is shown by the id. The
// second is for every id: it ends at the first closing parenthesis, and %XX
// stands for any byte of it. It is shown by what is in the brackets.
type mention struct {
	ast.BaseInline
	person domain.Person
	name   string
}

var kindMention = ast.NewNodeKind("Mention")

// Kind implements ast.Node.
func (*mention) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (m *mention) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"person": m.person.String()}, nil)
}

// maxMention bounds what is looked at to find one mention, in bytes: more than an
// id may have when each byte is written %XX.
const maxMention = 1024

// mentionParser reads mentions where no word runs into them, as an address does.
type mentionParser struct{}

// Trigger implements parser.InlineParser.
func (mentionParser) Trigger() []byte { return []byte{'@'} }

// Parse implements parser.InlineParser.
func (mentionParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	if isWord(block.PrecendingCharacter()) {
		return nil
	}
	line, _ := block.PeekLine()
	m, length := readMention(string(bytes.TrimRight(line[1:min(len(line), maxMention)], "\n")))
	if m == nil {
		return nil
	}
	block.Advance(1 + length)
	return m
}

var (
	named = regexp.MustCompile(`^\[([^\[\]]*[^\s\[\]][^\[\]]*)\]\(([a-z_]+):([^)]+)\)`)
	// bare takes everything that looks as if it belonged to an id, so that an id
	// of another form is not taken for the simple one that it begins with.
	bare   = regexp.MustCompile(`^([a-z_]+):([A-Za-z0-9_@+/:%#=&$~.-]+)`)
	simple = regexp.MustCompile(`^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$`)
)

// readMention reads what stands behind an @, and returns nil when it is no
// mention, else how many bytes it has.
func readMention(s string) (*mention, int) {
	if f := named.FindStringSubmatch(s); f != nil {
		id, err := url.PathUnescape(f[3])
		if err != nil {
			return nil, 0
		}
		return mentionOf(f[2], id, f[1]), len(f[0])
	}
	f := bare.FindStringSubmatch(s)
	if f == nil {
		return nil, 0
	}
	id := strings.TrimRight(f[2], ".:-")
	length := len(f[1]) + 1 + len(id)
	if after, _ := utf8.DecodeRuneInString(s[length:]); !simple.MatchString(id) || isWord(after) {
		return nil, 0
	}
	return mentionOf(f[1], id, id), length
}

func mentionOf(kind, id, name string) *mention {
	p := domain.Person{Kind: domain.Kind(kind), ID: id}
	if !p.Kind.IsPerson() || domain.CheckID(id) != "" {
		return nil
	}
	return &mention{person: p, name: strings.TrimSpace(name)}
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func renderMention(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, err := w.WriteString(`<span class="mention">@` + html.EscapeString(n.(*mention).name) + `</span>`)
	return ast.WalkContinue, err
}
