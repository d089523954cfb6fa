package domain

// Problems collects field errors, so that all of them are answered at once.
// The zero value is ready to use.
type Problems []FieldError

// At notes what is wrong at a pointer (RFC 6901, into the body). An empty
// detail means that nothing is wrong there.
func (p *Problems) At(pointer, detail string) {
	if detail != "" {
		*p = append(*p, FieldError{Pointer: pointer, Detail: detail})
	}
}

// Merge adds the field errors of places where nothing was wrong so far: the
// first thing said of a place is the one that counts.
func (p *Problems) Merge(fields []FieldError) {
	for _, f := range fields {
		if !p.has(f) {
			*p = append(*p, f)
		}
	}
}

// Err returns all of them as one error of [CodeInvalid], or nil.
func (p Problems) Err() error { return Invalid(p...) }

func (p Problems) has(f FieldError) bool {
	for _, q := range p {
		if q.Pointer == f.Pointer && q.Parameter == f.Parameter {
			return true
		}
	}
	return false
}
