package filetype_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"parley/adapters/filetype"
)

// document is the beginning of what a word processor writes.
func document(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("<x/>"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOf_goes_by_the_content(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":                          "text/plain",
		"just words":                "text/plain",
		"%PDF-1.7\n":                "application/pdf",
		"\x89PNG\r\n\x1a\n\x00\x00": "image/png",
		"<!DOCTYPE html><script>":   "text/html",
		`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">`: "image/svg+xml",
		"MZ\x90\x00":                 "application/vnd.microsoft.portable-executable",
		"\x00\x01\x02\x03\xfe\xff!?": "application/octet-stream",
		document(t):                  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		if got := filetype.Of([]byte(content)); got != want {
			t.Errorf("%.20q is %s, want %s", content, got, want)
		}
	}
}
