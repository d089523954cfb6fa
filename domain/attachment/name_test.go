package attachment_test

import (
	"strings"
	"testing"

	"parley/domain/attachment"
)

func TestCheckName_takes_bare_names_that_read_as_they_are(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"a": true, "Mängel 👩‍👩‍👧.tar.gz": true, ".profile": true, "<b>.txt": true, strings.Repeat("x", 255): true,
		"": false, " ": false, "a/b": false, `a\b`: false, ".": false, "..": false, "a.": false, " a": false, "a\n": false,
		"a\u202eb": false, "a\x7f": false, "\xff": false, strings.Repeat("x", 256): false,
	} {
		if wrong := attachment.CheckName(name); (wrong == "") != ok {
			t.Errorf("%q: %q", name, wrong)
		}
	}
}
