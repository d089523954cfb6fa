package markup_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"parley/adapters/markup"
)

// The oracle knows nothing of how a text is read. It takes the HTML as a browser
// does, and the text without the ranges that are said to be marks.

// check returns what is wrong with how a text is shown, or nil.
func check(body string) error {
	page, err := html.Parse(strings.NewReader(markup.HTML(body)))
	if err != nil {
		return fmt.Errorf("the HTML cannot be read: %w", err)
	}
	unmarked, err := withoutMarks(body)
	if err != nil {
		return err
	}
	if got, want := runs(visible(page)), runs(unmarked); got != want {
		return fmt.Errorf("the HTML says %q, the text without marks %q", got, want)
	}
	if got := runs(markup.Plain(body)); got != runs(unmarked) {
		return fmt.Errorf("the plain text is %q, the text without marks %q", got, runs(unmarked))
	}
	for n := range page.Descendants() {
		if err := checkNode(n, unmarked); err != nil {
			return err
		}
	}
	return nil
}

// withoutMarks returns a text without its marks, each of which must be one that is
// in the list.
func withoutMarks(body string) (string, error) {
	var out strings.Builder
	shown := 0
	for _, m := range markup.Marks(body) {
		if m.Start < shown || m.End <= m.Start || m.End > len(body) {
			return "", fmt.Errorf("the mark %v is not behind %d", m, shown)
		}
		if !isListed(body, m) {
			return "", fmt.Errorf("%q behind %q is no mark", body[m.Start:m.End], body[:m.Start])
		}
		out.WriteString(body[shown:m.Start])
		shown = m.End
	}
	return out.String() + body[shown:], nil
}

var (
	emphasisMark = regexp.MustCompile(`^(\*{1,3}|_{1,2})$`)
	codeMark     = regexp.MustCompile("^`{1,5}$")
	quoteMark    = regexp.MustCompile(`^[ >]*>[ ]?$`)
	fenceMark    = regexp.MustCompile("^[ >]*[ \t]*(`{3,5}|~{3,5})[ \t]*\n?$")
	nameMark     = regexp.MustCompile(`^\[[ \t]*$`)
	idMark       = regexp.MustCompile(`^[ \t]*\]\((user|customer_user):[^)\n]+\)$`)
	kindMark     = regexp.MustCompile(`^(user|customer_user):$`)
)

// isListed reports whether a range is one of the marks that docs/text.md lists.
func isListed(body string, m markup.Range) bool {
	mark, before, behind := body[m.Start:m.End], body[:m.Start], body[m.End:]
	atBegin := before == "" || before[len(before)-1] == '\n'
	switch {
	case emphasisMark.MatchString(mark):
		return isOutside(lastRune(before)) || isOutside(firstRune(behind))
	case codeMark.MatchString(mark):
		return strings.Count(body, mark) > 1
	case quoteMark.MatchString(mark), fenceMark.MatchString(mark):
		return atBegin
	case kindMark.MatchString(mark), nameMark.MatchString(mark):
		return strings.HasSuffix(before, "@")
	}
	return idMark.MatchString(mark) && strings.Contains(before, "@[")
}

func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }
func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// isOutside reports whether a character may stand outside of emphasis. What cannot
// be seen may, and so may an edge.
func isOutside(r rune) bool {
	return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.In(r, unicode.Cf, unicode.M)
}

// blocks are the elements that stand on lines of their own.
var blocks = []string{"p", "ul", "li", "blockquote", "pre"}

// visible returns what a browser shows.
func visible(n *html.Node) string {
	switch {
	case n.Type == html.TextNode && n.Parent.Parent.Data == "pre":
		return n.Data
	case n.Type == html.TextNode:
		return regexp.MustCompile(`[ \t\n]+`).ReplaceAllString(n.Data, " ")
	case n.Data == "br":
		return "\n"
	}
	var out strings.Builder
	for c := range n.ChildNodes() {
		out.WriteString(visible(c))
	}
	if slices.Contains(blocks, n.Data) {
		return "\n" + out.String() + "\n"
	}
	return out.String()
}

var (
	lineBreaks = regexp.MustCompile(`[ \t]*\n[ \t\n]*`)
	spaces     = regexp.MustCompile(`[ \t]+`)
)

// runs makes each run of white space one character, a line break where it has one.
func runs(s string) string {
	return strings.TrimSpace(spaces.ReplaceAllString(lineBreaks.ReplaceAllString(s, "\n"), " "))
}

// allowed are the elements, and which values their attributes may have.
var allowed = map[string]map[string]*regexp.Regexp{
	"p": {}, "br": {}, "em": {}, "strong": {}, "code": {}, "pre": {}, "blockquote": {}, "li": {},
	"ul":   {"type": regexp.MustCompile(`^none$`)},
	"span": {"class": regexp.MustCompile(`^mention$`)},
	"a": {
		"href":   regexp.MustCompile(`^(?i:https?://|mailto:)[^\s"<>]+$`),
		"rel":    regexp.MustCompile(`^nofollow noreferrer noopener$`),
		"target": regexp.MustCompile(`^_blank$`),
	},
}

func checkNode(n *html.Node, unmarked string) error {
	if n.Type != html.ElementNode || n.Data == "html" || n.Data == "head" || n.Data == "body" {
		return nil
	}
	attributes, ok := allowed[n.Data]
	if !ok {
		return fmt.Errorf("there is an element %s", n.Data)
	}
	for _, a := range n.Attr {
		if value := attributes[a.Key]; value == nil || !value.MatchString(a.Val) {
			return fmt.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
		}
	}
	switch n.Data {
	case "a":
		return checkLink(n)
	case "code":
		if code := content(n); !strings.Contains(unmarked, code) {
			return fmt.Errorf("the code %q was not typed", code)
		}
	case "span":
		if !strings.HasPrefix(content(n), "@") {
			return fmt.Errorf("a mention is shown as %q", content(n))
		}
	}
	return nil
}

func content(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// checkLink returns what is wrong with where a link leads: it must be what it says.
func checkLink(n *html.Node) error {
	href, says := n.Attr[0].Val, content(n)
	if says == "" || href != says && href != "http://"+says && href != "mailto:"+says {
		return fmt.Errorf("%q leads to %q", says, href)
	}
	u, err := url.Parse(href)
	switch {
	case err != nil && !strings.Contains(href, "%"):
		return err
	case err == nil && (u.User != nil || u.Host == "" && !strings.Contains(u.Opaque, "@")):
		return fmt.Errorf("%q leads to %+v", says, u)
	}
	return nil
}
