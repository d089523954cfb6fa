// Package markup turns the text of a message into the one safe HTML form that
// is shown everywhere, and into plain text for snippets and mails. The subset
// of CommonMark is: emphasis, strong, code, lists, quotes, links; and people are
// mentioned. Line breaks are kept and HTML is shown as the characters typed, so nothing disappears;
// what could run or load anything never leaves this package.
package markup

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newParser returns CommonMark without what would swallow characters: raw HTML
// (it stays text), link reference definitions and images.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(mentionParser{}, 150),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(extension.NewLinkifyParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
	)
}

var (
	markdown = goldmark.New(
		goldmark.WithParser(newParser()),
		goldmark.WithRendererOptions(
			renderer.WithNodeRenderers(util.Prioritized(asTyped{}, 1)),
		),
	)
	policy = newPolicy()
)

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "li")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mention$`)).OnElements("span")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowURLSchemes(schemes...)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// HTML returns the safe HTML of a message's text. A text that cannot be
// rendered, or is nothing but marks, is shown as it was typed.
func HTML(body string) string {
	if isPlain(body) {
		return "<p>" + body + "</p>\n"
	}
	return rendered(body)
}

// rendered is HTML for any text.
func rendered(body string) string {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(body), &out); err != nil {
		return literal(body)
	}
	safe := string(policy.SanitizeBytes(out.Bytes()))
	if showsNothing(safe) {
		return literal(body)
	}
	return safe
}

// Plain returns the text of a message without its markup marks, for snippets
// and plain mails. Marks that say something by themselves stay: the numbers and
// bullets of lists and the signs of quotes; so do those of a text of marks alone.
func Plain(body string) string {
	if isPlain(body) {
		return body
	}
	return unmarked(body)
}

// unmarked is Plain for any text.
func unmarked(body string) string {
	source := []byte(body)
	var out bytes.Buffer
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		writePlain(&out, n, source, entering)
		return ast.WalkContinue, nil
	})
	plain := bytes.TrimSpace(out.Bytes())
	if len(plain) == 0 {
		return strings.TrimSpace(body)
	}
	return string(plain)
}

func writePlain(out *bytes.Buffer, n ast.Node, source []byte, entering bool) {
	switch n := n.(type) {
	case *ast.Text:
		if entering {
			out.Write(typed(n, source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteByte('\n')
			}
		}
	case *ast.String:
		if entering {
			out.Write(n.Value)
		}
	case *ast.AutoLink:
		if entering {
			out.Write(n.Label(source))
		}
	case *mention:
		if entering {
			out.WriteString("@" + n.name)
		}
	case *ast.FencedCodeBlock:
		if info := infoOf(n, source); entering && len(info) > 0 {
			out.Write(append(bytes.Clone(info), '\n'))
		}
		if entering {
			out.Write(n.Lines().Value(source))
		}
	case *ast.CodeBlock:
		if entering {
			out.Write(n.Lines().Value(source))
		}
	case *ast.ListItem, *ast.Blockquote:
		if entering {
			out.WriteString(markOf(n))
			return
		}
		out.WriteByte('\n')
	default:
		if !entering && n.Type() == ast.TypeBlock {
			out.WriteByte('\n')
		}
	}
}

// markOf returns how a list item or a quote begins, and counts the list on.
func markOf(n ast.Node) string {
	list, isItem := n.Parent().(*ast.List)
	switch {
	case n.Kind() == ast.KindBlockquote || !isItem:
		return "> "
	case !list.IsOrdered():
		return string(list.Marker) + " "
	}
	list.Start++
	return strconv.Itoa(list.Start-1) + string(list.Marker) + " "
}
