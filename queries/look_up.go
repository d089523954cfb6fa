package queries

// The conditions of a look-up, by the row they are about.
var (
	textFound = map[string]clause{"p": `p.search like {text} escape '\'`, "r": `r.search like {text} escape '\'`}
	goesOn    = map[string]clause{
		"p": `(p.name, p.kind, p.id) > ({after_0}, {after_1}, {after_2})`,
		"r": `(r.label, r.type, r.id) > ({after_0}, {after_1}, {after_2})`,
	}
)

// lookUp returns the conditions of a look-up among rows p of people or r of
// records: what is visible, of some kinds, containing a text, behind a key.
func lookUp(p params, row string, visible, ofKind clause, kinds []string, text string, after []string) clause {
	where := []clause{visible}
	if len(kinds) > 0 {
		p["kinds"] = padded(kinds)
		where = append(where, ofKind)
	}
	if text != "" {
		p["text"] = containing(text)
		where = append(where, textFound[row])
	}
	if after != nil {
		p["after_0"], p["after_1"], p["after_2"] = after[0], after[1], after[2]
		where = append(where, goesOn[row])
	}
	return all(where)
}
