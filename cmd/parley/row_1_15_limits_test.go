package main_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"parley/adapters/adaptertest/clamdtest"
)

func TestRow_1_15_limits_of_size_and_type_hold(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, admin := p.as(anOwner), p.as(anAdmin)
		limits := func(l obj) {
			admin.send(http.MethodPatch, "/v1/settings", obj{"limits": l}).want(http.StatusOK)
		}
		limits(obj{"attachment_bytes": 1000, "attachment_types": arr{"image/*", "text/plain"}})
		exact, over := strings.Repeat("x", 1000), strings.Repeat("x", 1001)
		for _, c := range []struct{ says, content, want string }{
			{"a text", "hello", "201"},
			{"a picture", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 20), "201"},
			{"a PDF", aPDF, "415"},
			{"a page", "<!DOCTYPE html><script>alert(1)</script>", "415"},
			{"as much as is taken", exact, "201"},
			{"a byte more", over, "413"},
			{"much more than is read on", strings.Repeat("x", 6<<20), "413"},
			{"nothing", "", "400"},
		} {
			if got := owner.upload("image.png", c.content, "Content-Type", "image/png").outcome(); got != c.want {
				t.Errorf("%s comes to %s, want %s", c.says, got, c.want)
			}
		}
		// A body that does not say how long it is is counted.
		r, err := http.NewRequest(http.MethodPost, p.url+"/v1/attachments?name=x", io.MultiReader(strings.NewReader(over)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+owner.token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a chunked body comes to %d", resp.StatusCode)
		}
		limits(obj{"attachment_types": arr{}})
		if got := owner.upload("a", "hello").outcome(); got != "415" {
			t.Errorf("without any type it comes to %s", got)
		}
		if n := aFolder(t, stores).count(); n != 3 {
			t.Errorf("%d files are kept, want those that were taken", n)
		}
	})
}

func TestRow_1_15_names_are_no_paths_headers_or_markup(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, at := p.as(anOwner), p.begin("names")
		for _, name := range []string{
			"", " ", "../../etc/passwd", "a/b", `C:\a`, "..", ".", "a\r\nSet-Cookie: x=y", "a\x00b", "a\tb", "exe.\u202efdp", "line\u2028break",
			"a.", " a", "\xff.pdf", strings.Repeat("é", 128),
		} {
			if got := owner.upload(name, "x").outcome(); got != "422 name" {
				t.Errorf("%q comes to %s", name, got)
			}
		}
		p.ask(t, []probe{
			{"no name", anOwner, "POST", "/v1/attachments", "x", nil, "422 name"},
			{"an unknown parameter", anOwner, "POST", "/v1/attachments?name=a&type=b", "x", nil, "422 type"},
			{"a content encoding", anOwner, "POST", "/v1/attachments?name=a", "x", []string{"Content-Encoding", "gzip"}, "415"},
		})
		for name, disposition := range map[string]string{
			"plain.pdf":                     `attachment; filename="plain.pdf"; filename*=UTF-8''plain.pdf`,
			`"; evil="x`:                    `attachment; filename="__ evil=_x"; filename*=UTF-8''%22%3B%20evil%3D%22x`,
			"Mängel “neu” 100%*.pdf":        `attachment; filename="M_ngel _neu_ 100_*.pdf"; filename*=UTF-8''M%C3%A4ngel%20%E2%80%9Cneu%E2%80%9D%20100%25%2A.pdf`,
			"<script>alert(1)</script>.svg": "",
			strings.Repeat("x", 255):        `attachment; filename="` + strings.Repeat("x", 255) + `"; filename*=UTF-8''` + strings.Repeat("x", 255),
		} {
			if strings.Contains(name, "/") {
				continue
			}
			up := owner.upload(name, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`).want(http.StatusCreated)
			said := owner.post(at+"/messages", carrying("see", up.id())).want(http.StatusCreated)
			got := owner.get(at+"/attachments/"+up.id(), "Parley-Min-Position", said.position()).want(http.StatusOK)
			if got.header.Get("Content-Disposition") != disposition {
				t.Errorf("%q is %s, want %s", name, got.header.Get("Content-Disposition"), disposition)
			}
			for header, want := range map[string]string{
				"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
				"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": "private, no-cache",
			} {
				if got.header.Get(header) != want {
					t.Errorf("%s is %q, want %q", header, got.header.Get(header), want)
				}
			}
		}
	})
}

func TestRow_1_15_every_upload_is_scanned(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		scanner := clamdtest.Start(t, "tcp", "")
		p := serve(t, stores, append(files.settings, "--scanner", scanner.Address)...)
		owner := p.as(anOwner)
		owner.upload("clean.pdf", aPDF).want(http.StatusCreated)
		infected := owner.upload("invoice.txt", "words "+clamdtest.Eicar).want(http.StatusUnprocessableEntity)
		if infected.field("code") != "infected" || scanner.Scanned() != 2 {
			t.Errorf("after %d scans: %s", scanner.Scanned(), infected.body)
		}
		scanner.SetBroken(true)
		down := owner.upload("clean.pdf", aPDF, "Idempotency-Key", "k").want(http.StatusServiceUnavailable)
		if wait, err := strconv.Atoi(down.header.Get("Retry-After")); wait < 1 || err != nil {
			t.Errorf("Retry-After is %q", down.header.Get("Retry-After"))
		}
		if files.count() != 1 {
			t.Errorf("%d files are kept, want the clean one", files.count())
		}
		scanner.SetBroken(false)
		owner.upload("clean.pdf", aPDF, "Idempotency-Key", "k").want(http.StatusCreated)
	})
}
