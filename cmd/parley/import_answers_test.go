package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// comparison reads everything that a dataset has to show from a server, as many
// people at once, and keeps the differences.
type comparison struct {
	*dataset
	p *program

	things []recordKey // all records, in order
	slots  chan struct{}
	work   sync.WaitGroup
	mu     sync.Mutex
	wrong  []error
}

// enough is how many differences are told.
const enough = 5

// compareAll fails the test for every answer that is not what the file says.
func compareAll(t *testing.T, p *program, d *dataset) {
	t.Helper()
	c := &comparison{dataset: d, p: p, things: sortedKeys(d.records, recordKey.String), slots: make(chan struct{}, 8)}
	admin := d.administrator(t)
	for _, viewer := range d.everybody() {
		c.person(oracle{d, viewer})
	}
	c.do(func() error { return c.list(admin, "/v1/conversations", oracle{d, admin}.allVisible()) })
	for _, r := range c.things {
		c.do(func() error { return c.list(admin, activitiesOf(r), oracle{d, admin}.activities(r)) })
	}
	for _, v := range d.conversations {
		c.do(func() error { return c.messages(admin, v) })
		c.do(func() error { return c.messages(personKey{"customer_user", v.CustomerUser}, v) })
	}
	c.work.Wait()
	if len(c.wrong) > 0 {
		t.Errorf("%d answers are wrong, among them:\n%v", len(c.wrong), errors.Join(c.wrong[:min(enough, len(c.wrong))]...))
	}
}

func activitiesOf(r recordKey) string { return "/v1/records/" + r.String() + "/activities" }

// person compares what one person sees.
func (c *comparison) person(o oracle) {
	c.do(func() error { return c.list(o.viewer, "/v1/me/conversations", o.myActive()) })
	c.do(func() error { return c.list(o.viewer, "/v1/me/conversations?status=any", o.myAny()) })
	c.do(func() error { return c.indicator(o) })
	self := recordKey{o.viewer.Kind, o.viewer.ID}
	c.do(func() error { return c.list(o.viewer, activitiesOf(self), o.activities(self)) })
	if o.isCustomer() {
		c.do(func() error { return c.list(o.viewer, "/v1/conversations", o.allVisible()) })
		c.do(func() error { return c.strangers(o) })
	}
}

// do runs a comparison beside the others.
func (c *comparison) do(compare func() error) {
	c.slots <- struct{}{}
	c.work.Go(func() {
		defer func() { <-c.slots }()
		if err := compare(); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.wrong = append(c.wrong, err)
		}
	})
}

// read asks as a person and reads the answer.
func (c *comparison) read(who personKey, path string, into any) error {
	r, err := c.p.as(who.String()).try(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if r.status != http.StatusOK {
		return fmt.Errorf("%s as %s: status %d: %s", path, who, r.status, r.body)
	}
	return json.Unmarshal(r.body, into)
}

// differ says how an answer differs from what the file says, if it does.
func differ(who personKey, path string, want, got any) error {
	if reflect.DeepEqual(want, got) { // which is much faster than a look at where
		return nil
	}
	diff := cmp.Diff(want, got)
	if diff == "" {
		return nil
	}
	return fmt.Errorf("%s as %s is not what the file says (-file +answer):\n%s", path, who, diff)
}

// list compares all pages of a list, their order included.
func (c *comparison) list(who personKey, path string, want []shownConversation) error {
	all, cursor := []shownConversation{}, ""
	between := "?"
	if strings.Contains(path, "?") {
		between = "&"
	}
	for {
		var page struct {
			Items []shownConversation `json:"items"`
			Next  *string             `json:"next_cursor"`
		}
		if err := c.read(who, path+between+"limit=37"+cursor, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			all = append(all, item.sorted())
		}
		if page.Next == nil {
			return differ(who, path, want, all)
		}
		cursor = "&cursor=" + *page.Next
	}
}

// indicator compares what is unread.
func (c *comparison) indicator(o oracle) error {
	var got shownIndicator
	if err := c.read(o.viewer, "/v1/me/unread", &got); err != nil {
		return err
	}
	return differ(o.viewer, "/v1/me/unread", o.indicator(), got)
}

var markup = regexp.MustCompile("</?p>")

// messages compares the last five messages of a conversation and all of them.
func (c *comparison) messages(who personKey, v *datasetConversation) error {
	o := oracle{c.dataset, who}
	for query, after := range map[string]int{"": max(0, len(v.Messages)-5), "?after=0&limit=200": 0} {
		var got struct {
			Items []struct {
				shownMessage
				HTML string `json:"html"`
			} `json:"items"`
			HasOlder bool `json:"has_older"`
			HasNewer bool `json:"has_newer"`
		}
		path := "/v1/conversations/" + v.id + "/messages" + query
		if err := c.read(who, path, &got); err != nil {
			return err
		}
		all := []shownMessage{}
		for _, item := range got.Items {
			all = append(all, item.shownMessage)
			if shown := html.UnescapeString(markup.ReplaceAllString(item.HTML, "")); isPlain(item.Body) && strings.TrimSpace(shown) != item.Body {
				return fmt.Errorf("%s shows %q as %q", path, item.Body, item.HTML)
			}
		}
		if got.HasOlder != (after > 0) || got.HasNewer {
			return fmt.Errorf("%s has older %v, newer %v", path, got.HasOlder, got.HasNewer)
		}
		if err := differ(who, path, o.messages(v, after), all); err != nil {
			return err
		}
	}
	return nil
}

// isPlain reports whether a text holds nothing that could be a mark.
func isPlain(body string) bool {
	return !strings.ContainsFunc(body, func(r rune) bool {
		return r != '\'' && r != ',' && r != '?' && r != ' ' && !unicode.IsLetter(r)
	})
}

// strangers compares whether a customer user is refused what is not theirs, and
// only that: of a record each, and of a conversation each, of some others.
func (c *comparison) strangers(o oracle) error {
	at := len(o.viewer.ID) * 31
	for _, b := range o.viewer.ID {
		at += int(b) * 7
	}
	for i := range 5 {
		v, r := c.conversations[(at*(i+1))%len(c.conversations)], c.things[(at*(i+1))%len(c.things)]
		for path, allowed := range map[string]bool{"/v1/conversations/" + v.id: o.views(v), "/v1/records/" + r.String(): o.viewsRecord(r)} {
			got, err := c.p.as(o.viewer.String()).try(http.MethodGet, path, nil)
			if err != nil {
				return err
			}
			if want := map[bool]int{true: 200, false: 404}[allowed]; got.status != want {
				return fmt.Errorf("%s as %s: status %d, want %d", path, o.viewer, got.status, want)
			}
		}
	}
	return nil
}
