package ndjson

import (
	"maps"
	"slices"

	"parley/adapters/httpapi/strictjson"
)

// order finds out which of the lines under way a line must wait for: whoever
// changes what it names, and, where it changes something, whoever names that.
// It belongs to the reader.
type order struct {
	uses  map[string]*use
	sweep int // how many uses there may be before those of the past are dropped
}

// use is who changes and who names a thing, of the lines under way.
type use struct {
	writer  *job
	readers []*job
}

func newOrder() *order { return &order{uses: map[string]*use{}, sweep: 4 * maxPending} }

// place lets the line wait for those before it that it may not overtake.
func (o *order) place(j *job, v strictjson.Value) {
	writes, reads := thingsOf(v)
	for _, name := range reads {
		u := o.use(name)
		j.after = appendUnderWay(j.after, u.writer)
		u.readers = append(appendUnderWay(nil, u.readers...), j)
	}
	u := o.use(writes)
	j.after = appendUnderWay(appendUnderWay(j.after, u.writer), u.readers...)
	u.writer, u.readers = j, nil
	if len(o.uses) > o.sweep {
		maps.DeleteFunc(o.uses, func(_ string, u *use) bool {
			return len(appendUnderWay(appendUnderWay(nil, u.writer), u.readers...)) == 0
		})
		o.sweep = max(4*maxPending, 2*len(o.uses))
	}
}

func (o *order) use(name string) *use {
	u := o.uses[name]
	if u == nil {
		u = &use{}
		o.uses[name] = u
	}
	return u
}

func appendUnderWay(to []*job, jobs ...*job) []*job {
	for _, j := range jobs {
		if j != nil && !j.isDone() {
			to = append(to, j)
		}
	}
	return to
}

// thingsOf returns what a line changes, and what it names and so needs.
func thingsOf(v strictjson.Value) (writes string, reads []string) {
	kind := text(v, "kind")
	switch kind {
	case "record_type":
		return typeName(text(v, "type")), nil
	case "person":
		return personName(text(v, "id")), nil
	case "record":
		return recordName(v), []string{typeName(text(v, "type"))}
	case "conversation":
		return kind + text(v, "key"), namedIn(v)
	}
	return kind + text(v, "id"), nil
}

// namedIn returns what a conversation names: its people and records, each once.
func namedIn(v strictjson.Value) []string {
	names := []string{personName(text(v, "customer_user")), personName(text(v, "owner"))}
	for _, r := range append(slices.Clone(member(v, "contexts").Items), member(v, "source")) {
		names = append(names, recordName(r), personName(text(r, "id")), typeName(text(r, "type")))
	}
	for _, m := range member(v, "messages").Items {
		names = append(names, personName(text(m, "from")))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func typeName(id string) string { return "record_type\x00" + id }

func personName(id string) string { return "person\x00" + id }

func recordName(v strictjson.Value) string {
	return "record\x00" + text(v, "type") + "\x00" + text(v, "id")
}

func text(v strictjson.Value, name string) string { return member(v, name).Text }

func member(v strictjson.Value, name string) strictjson.Value {
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return strictjson.Value{}
}
