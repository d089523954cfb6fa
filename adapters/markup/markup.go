// Package markup turns the text of a message into the one safe HTML form that
// is shown everywhere, and into plain text for snippets and mails. The subset
// of CommonMark is: emphasis, strong, code, lists, quotes, links; and people are
// mentioned. Line breaks are kept and HTML is shown as the characters typed, so nothing disappears;
// what could run or load anything never leaves this package.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"strconv"

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
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// HTML returns the safe HTML of a message's text. A text that cannot be
// rendered is shown as it was typed.
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
		return "<p>" + html.EscapeString(body) + "</p>"
	}
	return string(policy.SanitizeBytes(out.Bytes()))
}

// asTyped shows text and images as the characters typed: entities are not
// decoded, lines break where they were broken, and nothing is loaded. Who is
// mentioned is shown by name.
type asTyped struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (asTyped) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindText, renderText)
	r.Register(ast.KindImage, renderImage)
	r.Register(kindMention, renderMention)
}

func renderText(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	t := n.(*ast.Text)
	_, err := w.WriteString(html.EscapeString(string(typed(t, source))))
	if err == nil && (t.SoftLineBreak() || t.HardLineBreak()) {
		_, err = w.WriteString("<br>\n")
	}
	return ast.WalkContinue, err
}

// typed returns a text's characters, without the backslashes that kept marks
// from being marks.
func typed(t *ast.Text, source []byte) []byte {
	if t.IsRaw() {
		return t.Segment.Value(source)
	}
	return util.UnescapePunctuations(t.Segment.Value(source))
}

func renderImage(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, err := w.WriteString("![")
		return ast.WalkContinue, err
	}
	_, err := w.WriteString("](" + html.EscapeString(string(n.(*ast.Image).Destination)) + ")")
	return ast.WalkContinue, err
}

// Plain returns the text of a message without its markup marks, for snippets
// and plain mails. Marks that say something by themselves stay: the numbers and
// bullets of lists and the signs of quotes.
func Plain(body string) string {
	source := []byte(body)
	var out bytes.Buffer
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		writePlain(&out, n, source, entering)
		return ast.WalkContinue, nil
	})
	return string(bytes.TrimSpace(out.Bytes()))
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
	case *ast.CodeBlock, *ast.FencedCodeBlock:
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
