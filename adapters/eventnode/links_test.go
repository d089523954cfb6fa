package eventnode_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func link(to string) eventnode.Record {
	return eventnode.Record{Recorded: eventlog.Recorded{ID: uuid.New(), Type: eventnode.LinkType, Data: []byte(to)}}
}

func TestResolve_follows_a_link_as_far_as_it_may_be_read(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	for _, stream := range []string{"whole", "cut", "deleted", "ended", "with@sign"} {
		mustAppend(t, node, stream, eventlog.NoStream, newEvents(3)...)
	}
	describe(t, node, "cut", `{"$tb":1}`)
	mustDelete(t, node, "deleted")
	if _, err := node.Tombstone(t.Context(), "ended", eventnode.Any); err != nil {
		t.Fatal(err)
	}
	for to, found := range map[string]bool{
		"0@whole": true, "2@whole": true, "3@whole": false, "-1@whole": false, "9223372036854775807@ended": false,
		"0@cut": false, "1@cut": true, "0@deleted": false, "0@ended": false, "0@absent": false,
		"1@with@sign": true, "whole": false, "@whole": false, "x@whole": false, "0@": false, "": false,
	} {
		target, ok, err := node.Resolve(t.Context(), link(to))
		if err != nil || ok != found || (ok && target.Type != "test.happened.v1") {
			t.Errorf("%q: %v, %v, %+v", to, ok, err, target)
		}
	}
}

func TestIsLink_takes_what_begins_with_a_number(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]bool{
		"0@s": true, "7@with@sign": true, "-1@s": true, "9223372036854775807@s": true, "3": true, "3@": true,
		"nonsense": false, "x@s": false, "@s": false, "": false, "9223372036854775808@s": false,
	} {
		if r := link(to); r.IsLink() != want {
			t.Errorf("%q: %v", to, !want)
		}
	}
	other := link("0@whole")
	if other.Type = "other"; other.IsLink() {
		t.Error("an event of another type is a link")
	}
}
