package markup_test

import (
	"strings"
	"testing"

	"parley/adapters/markup"
)

func TestHTML_shows_what_was_typed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"a line break is kept", "one\ntwo", "<p>one<br>\ntwo</p>\n"},
		{"a tag is shown as its characters", "a <b>bold</b> move", "<p>a &lt;b&gt;bold&lt;/b&gt; move</p>\n"},
		{"a script is shown, not run", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"emphasis is rendered", "*so* **strong**", "<p><em>so</em> <strong>strong</strong></p>\n"},
		{"a heading mark stays text", "# 12 pieces", "<p># 12 pieces</p>\n"},
		{"an image is not loaded", "![x](http://e.example/p.png)", "<p>![x](http://e.example/p.png)</p>\n"},
		{"an HTML comment does not disappear", "a <!-- b --> c", "<p>a &lt;!-- b --&gt; c</p>\n"},
		{"an entity is shown as its characters", "&lt;b&gt; &copy;", "<p>&amp;lt;b&amp;gt; &amp;copy;</p>\n"},
		{"an escaped mark is shown without emphasis", `2 \* 3 \* 4`, "<p>2 * 3 * 4</p>\n"},
		{"a row of dashes stays text", "---", "<p>---</p>\n"},
		{"code keeps its entities", "`&lt;`", "<p><code>&amp;lt;</code></p>\n"},
		{"a line break in code is kept", "`a\nb`", "<p><code>a<br>\nb</code></p>\n"},
		{"what code is called is shown", "```sql\n<b>\n```", "<p>sql</p>\n<pre><code>&lt;b&gt;\n</code></pre>\n"},
		{"code without lines", "```hello", "<p>hello</p>\n<pre><code></code></pre>\n"},
		{"a fence alone", "```", "<p>```</p>\n"},
		{"a quote of nothing", ">\n>", "<p>&gt;<br>\n&gt;</p>\n"},
		{"a list of nothing", "-", "<p>-</p>\n"},
		{"a link to where none leads", `[x *y*](javascript:alert(1) "<t>")`, "<p>[x <em>y</em>](javascript:alert(1) &#34;&lt;t&gt;&#34;)</p>\n"},
		{"a link within the site", "[x](/orders/1)", "<p>[x](/orders/1)</p>\n"},
		{"a link's title", `[x](https://a.example "a \"t\"")`, `<p><a href="https://a.example" title="a &#34;t&#34;" rel="nofollow noreferrer noopener" target="_blank">x</a></p>` + "\n"},
		{"an image's title", `![x](http://e.example/p.png "t")`, "<p>![x](http://e.example/p.png &#34;t&#34;)</p>\n"},
		{"a reference definition does not disappear", "[a]: http://x.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := markup.HTML(c.body)
			if c.want == "" {
				if !strings.Contains(got, "[a]:") {
					t.Fatalf("got %q", got)
				}
				return
			}
			if got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestHTML_links_only_to_harmless_schemes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"[x](javascript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)", "<javascript:alert(1)>",
		"[x](vbscript:a)", "[x](JaVaScRiPt:alert(1))", "[x](  javascript:alert(1))",
	} {
		if got := markup.HTML(body); strings.Contains(got, "href") {
			t.Errorf("%q became a link: %q", body, got)
		}
	}
	if got := markup.HTML("see https://a.example/x"); !strings.Contains(got, `href="https://a.example/x"`) {
		t.Errorf("an address is not a link: %q", got)
	}
}

func TestPlain_drops_marks_and_keeps_words(t *testing.T) {
	t.Parallel()
	if got := markup.Plain("*so* **strong**\n\n- a\n- b <i>"); got != "so strong\n- a\n\n- b <i>" {
		t.Fatalf("got %q", got)
	}
	if got := markup.Plain("plain words"); got != "plain words" {
		t.Fatalf("got %q", got)
	}
}

func TestPlain_keeps_marks_that_are_all_there_is(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"4.": "4.", "2017.": "2017.", "7) a\n8) b": "7) a\n\n8) b", "-": "-", "* x": "* x", ">": ">", "> said\n\nyes": "> said\n\nyes",
		"```": "```", "```sql\nx\n```": "sql\nx", "**": "**",
	} {
		if got := markup.Plain(body); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<script>", "[a](javascript:b)", "`<b>`", "![](x)", "&lt;", "<a href=x onclick=y>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := strings.ToLower(markup.HTML(body))
		for _, bad := range []string{"<script", "<img", "<iframe", "<svg", " onerror=\"", "href=\"javascript:"} {
			if strings.Contains(got, bad) {
				t.Fatalf("%q let %s through: %q", body, bad, got)
			}
		}
	})
}
