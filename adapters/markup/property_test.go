package markup_test

import (
	"go/build"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/adapters/markup"
	"parley/domain"
)

// pieces are what texts are made of where they are made by chance: everything that
// may begin, end or stand next to a mark.
var pieces = []string{
	"*", "**", "***", "****", "_", "__", "___", "`", "``", "```", "~~~", "~~~~", "> ", ">", ">>", "- ", "* ", "+ ", "1. ", "12) ", "# ",
	"\n", "\n\n", " ", "  ", "    ", "\t", "\\", "/", ".", ",", ":", ";", "!", "?", "\"", "'", "„", "“", "«", "»", "’", "(", ")", "[", "]", "{", "}", "](", "![",
	"<", "&", "&amp;", "<b>", "<!--", "</p>", "|", "=", "+", "-", "–", "—", "…", "%", "#", "$", "€", "°", "×", "^", "~",
	"a", "word", "Größe", "É", "e\u0301", "12", "40", "3.5", "看一下", "です", "です。", "안녕", "مرحبا", "שלום", "ก็", "नमस्ते", "😀", "👩‍👩‍👧", "\u200b", "\u200d", "\u200f", "\ufeff", "\u00a0", "\u3000", "。", "、", "（", "）", "・",
	"@", "@[", "@[Uma](user:uma)", "@[ Uma ](customer_user:u%20m)", "](user:uma)", "@user:uma", "@customer_user:b.c", "user:", "@user:a@b.example",
	"http://", "https://", "HTTPS://", "www.", "mailto:", "javascript:", "data:", "ftp://", "://", "shop.example", "SHOP.EXAMPLE", "müller.example", "例え.jp", "intranet", "192.168.1.10", "[::1]", ":80", "/größe-8", "/中国", "?a[]=1&b=(2)", "#x", "ada@x.example", "a@b", "@x.example", "user:pw@",
}

func text() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40), func(some []string) string { return strings.Join(some, "") })
}

// What is shown is what was typed, but for the marks.
func TestTexts_read_as_they_were_typed_but_for_the_marks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if err := check(text().Draw(t, "text")); err != nil {
			t.Fatal(err)
		}
	})
}

// The texts are those that come with Go: programs, prose, data and odd files.
func TestTexts_of_all_kinds_read_as_they_were_typed(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, root := range []string{"src/cmd/go", "src/net", "src/text"} {
		err := filepath.WalkDir(filepath.Join(build.Default.GOROOT, root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if body := domain.NormalizeText(string(content)); err == nil && len(body) < 16<<10 && domain.CheckText(body) == "" {
				tried++
				if err := check(body); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if tried < 100 {
		t.Errorf("only %d texts were tried", tried)
	}
}

// payloads are what would run or load something if it were markup.
var payloads = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe srcdoc='<script>1</script>'>", "<a href=javascript:alert(1)>x</a>",
	"\"><script>", "'onmouseover='alert(1)", "\" onfocus=\"alert(1)\" autofocus=\"", "</a><script>", "</code></pre><script>", "<!--><script>", "]]><script>", "<style>@import'x'</style>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<math><mi xlink:href=javascript:1>", "<form action=javascript:1><button>",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>1</script>", "vbscript:x", "javascript://%0aalert(1)", "&#106;avascript:alert(1)", "&lt;script&gt;", "\u2028<script>", "＜script＞", "\u202e<script>",
	"https://a.example/\"onclick=\"x", "https://a.example/'><script>", "https://a.example/<script>", "https://a.example/&quot;onclick=1", "www.a.example/\"><b>", "a\"b@x.example", "mailto:a@x.example?\"><script>",
	"@[<script>](user:uma)", "@[\"><img src=x onerror=1>](user:uma)", "@[x](user:\"><script>)", "@user:\"><script>",
}

// around are texts with a place for a payload.
var around = []string{
	"%", "*%*", "**%**", "`%`", "```%\n%\n```", "> %", "- %", "1. %", "[x](%)", "![x](%)", "[%](https://a.example)", "[x](https://a.example \"%\")", "<%>", "https://a.example/%", "https://%", "http://a:%", "www.a.example/%", "@[%](user:uma)", "@[x](user:%)", "@user:%", "%@x.example", "a@%", "mailto:%", "_%_ *%* `%`", "> ```\n> %\n> ```",
}

func TestNothing_that_was_typed_becomes_markup(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	for range 5000 {
		payload := pick(payloads)
		if random.IntN(2) == 0 {
			payload += pick(pieces) + pick(payloads)
		}
		body := pick(pieces) + strings.ReplaceAll(pick(around), "%", payload) + pick(pieces)
		if err := check(domain.NormalizeText(body)); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
	}
}

func TestNothing_nests_deeper_than_eight_of_its_kind(t *testing.T) {
	t.Parallel()
	list := ""
	for i := range 20 {
		list += strings.Repeat("  ", i) + "- a\n"
	}
	for body, element := range map[string]string{
		strings.Repeat("*a _b ", 20) + strings.Repeat("b_ a* ", 20):     "em",
		strings.Repeat("**a __b ", 20) + strings.Repeat("b__ a** ", 20): "strong",
		list:                            "ul",
		strings.Repeat(">", 8) + " a\n": "blockquote",
	} {
		page := markup.HTML(body)
		open, deepest := 0, 0
		for part := range strings.SplitSeq(page, "<") {
			switch {
			case strings.HasPrefix(part, element):
				open++
			case strings.HasPrefix(part, "/"+element):
				open--
			}
			deepest = max(deepest, open)
		}
		if deepest != 8 || open != 0 {
			t.Errorf("%.20q nests %s %d deep: %s", body, element, deepest, page)
		}
		if err := check(body); err != nil {
			t.Error(err)
		}
	}
	if got := markup.Marks(strings.Repeat(">", 9) + " a"); got != nil {
		t.Errorf("nine quotes have the marks %v", got)
	}
}

func FuzzTexts(f *testing.F) {
	for i, piece := range pieces {
		f.Add(piece + pieces[(i*7)%len(pieces)] + "a" + piece)
	}
	for _, payload := range payloads {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, body string) {
		markup.Mentions(body)
		if domain.CheckText(body) != "" {
			markup.HTML(body) // never stored, and never a fault
			return
		}
		if err := check(body); err != nil {
			t.Error(err)
		}
	})
}
