package markup_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/adapters/markup"
)

var anchor = regexp.MustCompile(`<a href="([^"]*)"[^>]*>(.*?)</a>`)

// links returns where the links of a text lead.
func links(body string) (to []string) {
	for _, a := range anchor.FindAllStringSubmatch(markup.HTML(body), -1) {
		to = append(to, html.UnescapeString(a[1]))
	}
	return to
}

func TestLinks_go_to_the_end_of_the_address_and_nowhere_else(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"https://shop.example/größe-8":                                                                              "https://shop.example/größe-8",
		"https://shop.example/gro\u0308sse":                                                                         "https://shop.example/gro\u0308sse",
		"see https://a.example/x.":                                                                                  "https://a.example/x",
		"(https://a.example/x_(y)), https://a.example/?!":                                                           "https://a.example/x_(y) https://a.example/",
		"https://a.example: https://b.example, https://c.example; so":                                               "https://a.example https://b.example https://c.example",
		"https://a.example/?a[]=1&b=(2)#c":                                                                          "https://a.example/?a[]=1&b=(2)#c",
		"https://a.example/a_b_c_ https://a.example/*":                                                              "https://a.example/a_b_c_ https://a.example/*",
		"*https://a.example/x*, __https://a.example/x__":                                                            "https://a.example/x https://a.example/x",
		"siehe:https://a.example/x Text.https://b.example":                                                          "https://a.example/x https://b.example",
		"HTTPS://SHOP.EXAMPLE/A Http://a.example":                                                                   "HTTPS://SHOP.EXAMPLE/A Http://a.example",
		"http://intranet/x http://localhost:8080":                                                                   "http://intranet/x http://localhost:8080",
		"http://192.168.1.10/x http://10.0.0.1:81 http://[2001:db8::1]:8080/x":                                      "http://192.168.1.10/x http://10.0.0.1:81 http://[2001:db8::1]:8080/x",
		"https://müller.example/ https://straße.example":                                                            "https://müller.example/ https://straße.example",
		"https://例え.jp/ https://www.例え.jp https://пример.рф/а":                                                      "https://例え.jp/ https://www.例え.jp https://пример.рф/а",
		"请看https://shop.example/a。谢谢":                                                                               "https://shop.example/a",
		"请看https://shop.example/order/1001看一下，谢谢":                                                                   "https://shop.example/order/1001",
		"（https://shop.example）と「https://shop.example/商品/5」です":                                                      "https://shop.example https://shop.example/商品/5",
		"https://shop.exampleです https://shop.example:8080です":                                                        "https://shop.example https://shop.example:8080",
		"https://zh.wikipedia.org/wiki/中国历史 https://ko.example/대한민국를":                                               "https://zh.wikipedia.org/wiki/中国历史 https://ko.example/대한민국를",
		"https://ja.example/スター・ウォーズ":                                                                               "https://ja.example/スター・ウォーズ",
		"https://a.example/x를 보세요, https://a.example/x، شكرا":                                                       "https://a.example/x https://a.example/x",
		"„https://a.example/x“ «https://b.example/x» ‘https://c.example’ \"https://d.example\" 'https://e.example'": "https://a.example/x https://b.example/x https://c.example https://d.example https://e.example",
		"<https://a.example> |https://b.example| https://c.example…":                                                "https://a.example https://b.example https://c.example",
		"[x](https://a.example \"t\") [y](https://b.example)[z](https://c.example)":                                 "https://a.example https://b.example https://c.example",
		"[https://a.example](https://b.example) ![x](https://c.example/p.png)":                                      "https://a.example https://b.example https://c.example/p.png",
		"www.shop.example/x WWW.SHOP.EXAMPLE, siehe:www.a.example.":                                                 "http://www.shop.example/x http://WWW.SHOP.EXAMPLE http://www.a.example",
		"https://a.example/http://b.example":                                                                        "https://a.example/http://b.example",
		"https://a.example/x\u200bhttps://b.example":                                                                "https://a.example/x https://b.example",
		"https://a.example/x,https://b.example;HTTP://c.example":                                                    "https://a.example/x https://b.example HTTP://c.example",
		"https://a.example/@ada https://a.example/x@y.example":                                                      "https://a.example/@ada https://a.example/x@y.example",
	} {
		if got := strings.Join(links(body), " "); got != want {
			t.Errorf("%q\nleads to %q\n   want %q", body, got, want)
		}
		if got := shownText(body); got != markup.Plain(body) {
			t.Errorf("%q reads %q", body, got)
		}
	}
}

func TestLinks_of_mail_are_those_of_mail_addresses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"ada@shop.example, (ada.l@shop.example) E-Mail:ada@shop.example.": "ada@shop.example ada.l@shop.example ada@shop.example",
		"ADA@SHOP.EXAMPLE ada+x@a-b.example o'brien@shop.example":         "ADA@SHOP.EXAMPLE ada+x@a-b.example o'brien@shop.example",
		"jürgen@müller.example":                                           "jürgen@müller.example",
		"联系ada@shop.example谢谢 ada@shop.example。":                          "ada@shop.example ada@shop.example",
		"„ada@shop.example“ 'ada@shop.example' <ada@shop.example>":        "ada@shop.example ada@shop.example ada@shop.example",
		"*ada@shop.example* _ada@shop.example_ first_last@shop.example":   "ada@shop.example ada@shop.example first_last@shop.example",
		"a@x.example,b@x.example;c@x.example":                             "a@x.example b@x.example c@x.example",
	} {
		if got := strings.ReplaceAll(strings.Join(links(body), " "), "mailto:", ""); got != want {
			t.Errorf("%q\nleads to %q\n   want %q", body, got, want)
		}
	}
	if got := links("mailto:ada@x.example, MAILTO:ada@x.example?subject=Re:%201."); !slices.Equal(got, []string{"mailto:ada@x.example", "MAILTO:ada@x.example?subject=Re:%201"}) {
		t.Errorf("mailto: leads to %q", got)
	}
}

func TestLinks_are_none_where_one_would_lead_elsewhere_than_it_reads(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"https://good.example@evil.example/", "https://good.example:80@evil.example", "https://user:pw@evil.example/x", "https://good.example%2eevil.example", "https://good.example&x.evil.example",
		"http://1/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://256.1.1.1/", "http://1.2.3.4.5/",
		"https://аpple.example/", "https://gооgle.example", "https://paypal.соm", "https://аррӏе.com",
		"https://", "https:///x", "https://-a.example", "https://a..example/", "https://a.example:80a", "https://a.example:99999/", "http://[::1/", "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/",
		"javascript:alert(1)", "javascript://a.example/%0aalert(1)", "data:text/html,x", "vbscript:x", "ftp://ada@shop.example/", "ssh://git:ada@shop.example/", "xhttp://a.example", "git+https://a.example", "file:///a", "//a.example", "[x](//a.example)",
		"a@b", "5@2.50", "me@localhost", "ada@-x.example", "ada@x..example", "ada@x.e", "ada@x.12", "ada@1.2.3.4", ".ada@x.example", "a..da@x.example", "ada.@x.example", "-ada@x.example", "%ada@x.example", "to=ada@x.example", "ada@b@x.example",
		"git@shop.example:a/b", "ada@x.example/home", "ada@x.example@evil.example", "_ada@x.example_x", "@user:ada@x.example", strings.Repeat("a", 65) + "@x.example",
		"www.x", "www.1.2", "www.", "www..a.example", "awww.a.example", "/www.a.example", "mailto:ada", "mailto:@x.example",
		"`https://a.example`", "```\nhttps://a.example ada@x.example\n```", "@[https://a.example](user:uma)",
	} {
		if got := links(body); len(got) > 0 {
			t.Errorf("%q leads to %q", body, got)
		}
	}
}
