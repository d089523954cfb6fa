package markup

import (
	"bytes"
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// asTyped shows as the characters typed whatever CommonMark would make
// disappear: entities are not decoded, lines break where they were broken, also
// in code, what code is called stands above it, and images and links to where
// none may lead are text. Who is mentioned is shown by name.
type asTyped struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (asTyped) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindText, renderText)
	r.Register(ast.KindImage, renderImage)
	r.Register(ast.KindLink, renderLink)
	r.Register(ast.KindCodeSpan, renderCodeSpan)
	r.Register(ast.KindFencedCodeBlock, renderFencedCode)
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
	image := n.(*ast.Image)
	_, err := w.WriteString(target(image.Destination, image.Title))
	return ast.WalkContinue, err
}

// schemes are those that links may lead to.
var schemes = []string{"http", "https", "mailto"}

func renderLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	link := n.(*ast.Link)
	to, leads := leadsTo(link.Destination)
	piece := "["
	switch {
	case leads && entering:
		piece = `<a href="` + html.EscapeString(to) + `"` + titled(link.Title) + ">"
	case leads:
		piece = "</a>"
	case !entering:
		piece = target(link.Destination, link.Title)
	}
	_, err := w.WriteString(piece)
	return ast.WalkContinue, err
}

// leadsTo returns where a link leads, and whether it may.
func leadsTo(destination []byte) (string, bool) {
	to := string(util.URLEscape(destination, true))
	u, err := url.Parse(to)
	return to, err == nil && slices.Contains(schemes, strings.ToLower(u.Scheme))
}

func titled(title []byte) string {
	if len(title) == 0 {
		return ""
	}
	return ` title="` + html.EscapeString(string(util.UnescapePunctuations(title))) + `"`
}

// target is the end of a link or an image as it was typed.
func target(destination, title []byte) string {
	end := "](" + html.EscapeString(string(destination))
	if len(title) > 0 {
		end += ` "` + html.EscapeString(string(title)) + `"`
	}
	return end + ")"
}

func renderCodeSpan(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</code>")
		return ast.WalkContinue, err
	}
	code := "<code>"
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		code += html.EscapeString(string(c.(*ast.Text).Segment.Value(source)))
	}
	_, err := w.WriteString(strings.ReplaceAll(code, "\n", "<br>\n"))
	return ast.WalkSkipChildren, err
}

func renderFencedCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	code := n.(*ast.FencedCodeBlock)
	if info := infoOf(code, source); len(info) > 0 {
		if _, err := w.WriteString("<p>" + html.EscapeString(string(info)) + "</p>\n"); err != nil {
			return ast.WalkStop, err
		}
	}
	_, err := w.WriteString("<pre><code>" + html.EscapeString(string(n.Lines().Value(source))) + "</code></pre>\n")
	return ast.WalkContinue, err
}

// infoOf is what stands behind the opening fence of a code block.
func infoOf(code *ast.FencedCodeBlock, source []byte) []byte {
	if code.Info == nil {
		return nil
	}
	return bytes.TrimSpace(code.Info.Segment.Value(source))
}

// literal shows a text without any markup.
func literal(body string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(body)), "\n", "<br>\n") + "</p>\n"
}

// showsNothing reports whether nothing of an HTML text but elements is left, as
// of marks alone.
func showsNothing(text string) bool {
	for rest := text; rest != ""; {
		before, behind, found := strings.Cut(rest, "<")
		if strings.TrimSpace(before) != "" {
			return false
		}
		if _, rest, _ = strings.Cut(behind, ">"); !found {
			break
		}
	}
	return true
}
