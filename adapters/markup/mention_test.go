package markup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/adapters/markup"
	"parley/domain"
	"parley/domain/conversation"
)

func TestMentions_are_found_and_shown_by_name(t *testing.T) {
	t.Parallel()
	uma, bob := "user:uma", "customer_user:bob"
	for _, c := range []struct{ name, body, people, plain string }{
		{"a simple id", "Hello @user:uma, please", uma, "Hello @uma, please"},
		{"the other kind", "@customer_user:bob?", bob, "@bob?"},
		{"at the end of a sentence", "Ask @user:uma.", uma, "Ask @uma."},
		{"before a colon", "@user:uma: look", uma, "@uma: look"},
		{"an id with signs", "@user:u.m-a_1", "user:u.m-a_1", "@u.m-a_1"},
		{"in brackets", "(@user:uma)", uma, "(@uma)"},
		{"emphasised", "*@user:uma* **@[Uma](user:uma)**", uma, "@uma @Uma"},
		{"a name", "@[Uma User](user:uma) please", uma, "@Uma User please"},
		{"a name with space around", "@[ Uma ](user:uma)", uma, "@Uma"},
		{"an opaque id", "@[Uma](user:a%2Fb%20%29%28%40x.example)", "user:a/b )(@x.example", "@Uma"},
		{"an id as it is typed", "@[Uma](user:uma@x.example)", "user:uma@x.example", "@Uma"},
		{"two, and one of them again", "@user:uma @customer_user:bob @[U](user:uma)", uma + " " + bob, "@uma @bob @U"},
		{"in a list", "- @user:uma\n- @customer_user:bob", uma + " " + bob, "- @uma\n- @bob"},
		{"in a quote", "> @user:uma", uma, "@uma"},
		{"indented", "    @user:uma", uma, "@uma"},
		{"where no spaces are written", "确认@[Uma](user:uma)看一下", uma, "确认@Uma看一下"},
		{"in the simple form too", "确认@user:uma看一下。ウマ@customer_user:bobさん", uma + " " + bob, "确认@uma看一下。ウマ@bobさん"},
		{"behind a particle", "ל@[Uma](user:uma) و@[Uma](user:uma)", uma, "ל@Uma و@Uma"},
		{"before a particle", "@[Uma](user:uma)님", uma, "@Uma님"},
		{"a backslash is a character", `\@user:uma`, uma, `\@uma`},
		{"an address is none", "mail uma@user:uma and a@[x](user:uma) é@[x](user:uma) 1@[x](user:uma) _@[x](user:uma)", "", ""},
		{"an id of another form is not cut", "@user:uma@x.example @user:uma/2 @user:umaß @user:a%20b @user:uma:x @user:uma.-:x", "", ""},
		{"a kind that there is not", "@order:1001 @[x](order:1001) @:x @user: @system:system", "", ""},
		{"no name", "@[ ](user:uma) @[](user:uma)", "", ""},
		{"no id", "@[Uma](user:)", "", ""},
		{"an id that cannot be one", "@[Uma](user:a%0Ab) @[Uma](user:%00) @[Uma](user:%FF) @[Uma](user:%zz)", "", ""},
		{"an id that is too long", "@[Uma](user:" + strings.Repeat("x", 129) + ") @user:" + strings.Repeat("x", 129), "", ""},
		{"code", "`@user:uma`\n\n```\n@user:uma\n```", "", ""},
		{"an id of the greatest length", "@[Uma](user:" + strings.Repeat("%C3%A9", 64) + ")", "user:" + strings.Repeat("é", 64), "@Uma"},
		{"over two lines", "@[Uma\nUser](user:uma)", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var people []string
			for _, p := range markup.Mentions(c.body) {
				people = append(people, p.String())
			}
			if got := strings.Join(people, " "); got != c.people {
				t.Errorf("mentions %q, want %q", got, c.people)
			}
			if got := markup.Plain(c.body); c.plain != "" && got != c.plain {
				t.Errorf("plain text %q, want %q", got, c.plain)
			}
			html := markup.HTML(c.body)
			if got, want := strings.Contains(html, `<span class="mention">@`), c.people != ""; got != want {
				t.Errorf("shown as one: %t in %q", got, html)
			}
		})
	}
}

func TestMentions_show_names_as_characters_only(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"@[<b onclick=x>&amp;](user:uma)":        "<p><span class=\"mention\">@&lt;b onclick=x&gt;&amp;amp;</span></p>\n",
		"@[*Uma* `x`](user:uma)":                 "<p><span class=\"mention\">@*Uma* `x`</span></p>\n",
		"@[x](user:\"><script>alert(1)<" + ")x)": "<p><span class=\"mention\">@x</span>&lt;)x)</p>\n",
		"<span class=\"mention\">@x</span>":      "<p>&lt;span class=&#34;mention&#34;&gt;@x&lt;/span&gt;</p>\n",
	} {
		if got := markup.HTML(body); got != want {
			t.Errorf("%q is shown as %q, want %q", body, got, want)
		}
	}
}

func TestMentions_are_bounded(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 2 * conversation.MaxMentions {
		fmt.Fprintf(&body, "@user:u%d ", i)
	}
	people := markup.Mentions(body.String())
	if len(people) != conversation.MaxMentions || !slices.Contains(people, domain.User("u0")) {
		t.Errorf("%d people are mentioned", len(people))
	}
	if shown := strings.Count(markup.HTML(body.String()), "mention"); shown != 2*conversation.MaxMentions {
		t.Errorf("%d mentions are shown", shown)
	}
}

func FuzzMentions(f *testing.F) {
	for _, s := range []string{"@user:uma", "@[Uma](user:u%20m)", "@[<b>](customer_user:x\"y)", "a@user:b", "`@user:a`", "@[a](user:b](user:c)", "看@user:a看"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		people := markup.Mentions(body)
		for _, p := range people {
			if !p.Kind.IsPerson() || domain.CheckID(p.ID) != "" {
				t.Fatalf("%q mentions %q", body, p)
			}
		}
		if shown := strings.Count(markup.HTML(body), `<span class="mention">`); shown < len(people) {
			t.Fatalf("%q mentions %d and shows %d", body, len(people), shown)
		}
	})
}
