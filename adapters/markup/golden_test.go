package markup_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"parley/adapters/markup"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// shownText is the text content of the HTML of one line.
func shownText(body string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(markup.HTML(body), "")))
}

func TestQuantities_names_and_numbers_read_as_they_were_typed(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"40*30*20 cm", "40 * 30 * 20 cm", "a*b*c", "2*(a+b)*3", "(L)*(W)*(H)", "5 * 3 = 15 * 1", "4**2 + 2**4", "*1* 20,00 EUR *2* 30,00 EUR", "3 x **", "**** hotel", "f**k",
		"12,50 € * 3", "$5*2*3", "*)", "(*) excl. VAT, (**) incl. VAT", `"*" and "*"`, "*.pdf and *.doc", "5'10`` 6`2``", "it`s and don`t",
		`\\fileserver\orders\_2024`, `C:\_temp\_old_\x`, `\_temp_`, "/srv/_old_/x", "/usr/*bin*/x", "__init__.py", "module.__name__.x", `\*a*`, "snake_case_name", "Name: ____ Date: ____", "Name:___Date:___",
		"-5 °C", "> 5 kg", ">5 kg", "> 5 kg: 10 %\n> 10 kg: 20 %", ">= 10", ">:(", "> -20 °C", "> € 500", "+49 (0)30 1234-567", "+49 30*1234*5", "#*31#", "*31#030123456#",
		"1. 4 pieces", "10. screws", "1) a", "4711.", "2017.", "- 5 °C", "+ 3 %", "* see below", "AB-1200/7_X_2", "PO_2024_00117", "A*B*", "X_1_", "`", "```", "**", "__ __", "-", "1.", "# 12", "---", "===", "~~~", "~~a~~", "| a | b |",
		"&lt;b&gt; &copy;", "a <b>bold</b> move", "<!-- a -->", "![x](p.png)", "[x](/orders/1)", "[x]: y", "[x](javascript:alert(1))", "<javascript:alert(1)>",
		"5@2.50", "@home", "a@b", "me@localhost", "@@", "@user:", "@order:1001", "@[x](order:1)", "a@[x](user:uma)", "uma@user:uma",
	} {
		if marks := markup.Marks(body); len(marks) > 0 {
			t.Errorf("%q has marks %v", body, marks)
		}
		if got := shownText(body); got != body {
			t.Errorf("%q reads %q", body, got)
		}
		if got := markup.Plain(body); got != body {
			t.Errorf("%q is %q as plain text", body, got)
		}
	}
}

func TestMarks_are_those_of_the_list(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"*so* _so_":                     "<p><em>so</em> <em>so</em></p>\n",
		"**so** __so__":                 "<p><strong>so</strong> <strong>so</strong></p>\n",
		"***so***":                      "<p><em><strong>so</strong></em></p>\n",
		"**a *b***, *a **b***":          "<p><strong>a <em>b</em></strong>, <em>a <strong>b</strong></em></p>\n",
		"***a* b** ***a** b*":           "<p><strong><em>a</em> b</strong> <em><strong>a</strong> b</em></p>\n",
		"*a _b* c_":                     "<p><em>a _b</em> c_</p>\n",
		"(*so*), „**so**“: *so*; *so*!": "<p>(<em>so</em>), „<strong>so</strong>“: <em>so</em>; <em>so</em>!</p>\n",
		"**Note:** 1, **Order**:1001":   "<p><strong>Note:</strong> 1, <strong>Order</strong>:1001</p>\n",
		"*\"so\"* **(so)** *¿so?*":      "<p><em>&#34;so&#34;</em> <strong>(so)</strong> <em>¿so?</em></p>\n",
		"*over\ntwo lines*":             "<p><em>over<br>\ntwo lines</em></p>\n",
		"*not over\n\nparagraphs*":      "<p>*not over</p>\n<p>paragraphs*</p>\n",
		"这是 **重点**。 这是**重点**吗":          "<p>这是 <strong>重点</strong>。 这是**重点**吗</p>\n",
		"👍*ok*👍":                        "<p>👍<em>ok</em>👍</p>\n",
		"\u200f*שלום*\u200f":            "<p>\u200f<em>שלום</em>\u200f</p>\n",
		"`*so*` ``a`b``":                "<p><code>*so*</code> <code>a`b</code></p>\n",
		"请看`code`这里":                    "<p>请看<code>code</code>这里</p>\n",
		"`a\nb`":                        "<p><code>a<br>\nb</code></p>\n",
		"*`a`* `a*` b*":                 "<p><em><code>a</code></em> <code>a*</code> b*</p>\n",
		"```\n  <b>\n\n *a*\n```":       "<pre><code>  &lt;b&gt;\n\n *a*\n</code></pre>\n",
		"```sql\nx\n````":               "<p>sql</p>\n<pre><code>x\n</code></pre>\n",
		"~~~~\n```\n~~~~\na":            "<pre><code>```\n</code></pre>\n<p>a</p>\n",
		"```\nnot closed":               "<p>```<br>\nnot closed</p>\n",
		"```\n```":                      "<p>```<br>\n```</p>\n",
		"> said\n> *more*\n\nyes":       "<blockquote>\n<p>said<br>\n<em>more</em></p>\n</blockquote>\n<p>yes</p>\n",
		">said\n>> before\nyes":         "<blockquote>\n<p>said</p>\n<blockquote>\n<p>before</p>\n</blockquote>\n</blockquote>\n<p>yes</p>\n",
		"> ```\n> a\n>   > b\n> ```":    "<blockquote>\n<pre><code>a\n  &gt; b\n</code></pre>\n</blockquote>\n",
		"> 3 of them\n> are broken":     "<blockquote>\n<p>3 of them<br>\nare broken</p>\n</blockquote>\n",
		"> 1. a":                        "<blockquote>\n<ul type=\"none\">\n<li>1. a</li>\n</ul>\n</blockquote>\n",
		">\n> ":                         "<p>&gt;<br>\n&gt;</p>\n",
		"- a\n- *b*":                    "<ul type=\"none\">\n<li>- a</li>\n<li>- <em>b</em></li>\n</ul>\n",
		"2. a\n3) b":                    "<ul type=\"none\">\n<li>2. a</li>\n<li>3) b</li>\n</ul>\n",
		"- a\n  more\n  - b\nc":         "<ul type=\"none\">\n<li>- a<br>\n  more\n<ul type=\"none\">\n<li>- b</li>\n</ul>\n</li>\n</ul>\n<p>c</p>\n",
		"in\n2017. It was\n1. a":        "<p>in<br>\n2017. It was</p>\n<ul type=\"none\">\n<li>1. a</li>\n</ul>\n",
		"one\ntwo\n\n\nthree":           "<p>one<br>\ntwo</p>\n<p>three</p>\n",
		"    indented\n\ttoo":           "<p>    indented<br>\n\ttoo</p>\n",
		"a & b < c > d \"e\" 'f'":       "<p>a &amp; b &lt; c &gt; d &#34;e&#34; &#39;f&#39;</p>\n",
		"":                              "",
		" \n ":                          "",
	} {
		if got := markup.HTML(body); got != want {
			t.Errorf("%q\n is %q\nwant %q", body, got, want)
		}
	}
}

func TestPlain_is_the_text_without_its_marks(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"*so* **strong**\n\n- a\n- b <i>": "so strong\n\n- a\n- b <i>",
		"plain words":                     "plain words",
		" \n around \n":                   "around",
		"> said\n\nyes":                   "said\n\nyes",
		"4.":                              "4.",
		"> ":                              ">",
		"```sql\nselect *\n```\nx":        "sql\nselect *\nx",
		"```\na\n```":                     "a",
		"see [x](https://a.example), `y`": "see [x](https://a.example), y",
		"确认@[Uma](user:uma)看一下, @user:bob": "确认@Uma看一下, @bob",
	} {
		if got := markup.Plain(body); got != want {
			t.Errorf("%q is %q, want %q", body, got, want)
		}
	}
}
