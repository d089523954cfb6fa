package ndjson_test

import (
	"fmt"
	"strings"
	"testing"
)

// history is a file in which everything depends on something: 400 times one of
// ten people is told of anew, a record comes up, and a conversation about it.
func history() string {
	var file strings.Builder
	fmt.Fprintln(&file, `{"kind":"record_type","type":"order"}`)
	for i := range 400 {
		fmt.Fprintf(&file, `{"kind":"person","id":"p%d","name":"-%03d"}`+"\n", i%10, i)
		fmt.Fprintf(&file, `{"kind":"record","type":"order","id":"%d"}`+"\n", i)
		fmt.Fprintf(&file, `{"kind":"conversation","key":"%d","owner":"p%d","contexts":[{"type":"order","id":"%d"}],"messages":[{"from":"p%d"}]}`+"\n",
			i, i%10, i, (i+1)%10)
	}
	return file.String()
}

func TestRun_lets_nothing_overtake_what_it_depends_on(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	if _, s := importAll(t, k, strings.NewReader(history())); s.Created != 1201 {
		t.Fatalf("summary %+v", s)
	}
	came := map[string]int{}
	for i, c := range k.came {
		came[c] = i
	}
	before := func(first, then string) {
		a, here := came[first]
		if b, also := came[then]; !here || !also || a > b {
			t.Errorf("%s came at %d, %s at %d", first, a, then, b)
		}
	}
	person := func(i int) string { return fmt.Sprintf("person p%d-%03d", i%10, i) }
	record := func(i int) string { return fmt.Sprintf("record %d", i) }
	talk := func(i int) string { return fmt.Sprintf("conversation %d", i) }
	for i := range 400 {
		before("record_type ", record(i))
		before(record(i), talk(i))
		before(person(i), talk(i))
		if i >= 10 {
			before(person(i-10), person(i))
			before(talk(i-10), person(i))
		}
	}
}
