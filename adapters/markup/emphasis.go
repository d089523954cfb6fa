package markup

import "unicode"

// emphasis are the runs of * and _ that may have opened it and are not closed yet,
// outermost first. Each run that closes is compared with the innermost ones of its
// forms alone, and takes those inside with it, so that each is looked at once.
type emphasis struct {
	open    []opener
	last    innermost
	counted int32 // letters are counted up to here
	letters int32 // in how many of the stretches between runs there are any
}

// opener is a run that may open emphasis. Its edits do nothing until it does.
type opener struct {
	at, length int32
	edit       int       // its edit; a run of three has one for its outer part and one behind for its inner one
	letters    int32     // emphasis.letters in front of it
	height     int32     // how deep emphasis nests inside it
	below      innermost // emphasis.last without it
}

// innermost is the number of the innermost open run of each form, from 1, or 0.
// The forms are one and two of each sign, and three *, which are one and two at
// once; more are a ruled line, and three _ a blank to be filled in.
type innermost [5]int

func formOf(sign byte, length int32) int {
	if sign == '_' {
		return 2 + int(length)
	}
	return int(length) - 1
}

// candidate returns the number of the innermost run that as many signs may close.
func (e *emphasis) candidate(sign byte, length int32) int {
	number := e.last[formOf(sign, length)]
	if sign == '*' {
		number = max(number, e.last[formOf(sign, 3)])
	}
	return number
}

// delimiters reads a run of * or _, which closes emphasis, may open it, or neither.
func (in *inline) delimiters(at int32) int32 {
	sign, end := in.body[at], at+1
	for end < in.end && in.body[end] == sign {
		end++
	}
	length := end - at
	if length > 3 || sign == '_' && length > 2 {
		return end
	}
	in.countLetters(at, end)
	outside, rest := before(in.passed(at)), in.ahead(end)
	inside := outside
	if at == in.floor && at > in.start {
		inside = 'x' // what was found, a link or code, is as good as a word
	}
	switch {
	case mayClose(inside, rest) && in.closeEmphasis(sign, at, length):
		in.floor = end
	case mayOpen(outside, behind(rest)):
		in.openEmphasis(sign, at, length)
	}
	return end
}

func (in *inline) countLetters(at, end int32) {
	e := &in.emphasis
	for _, r := range in.body[min(e.counted, at):at] {
		in.work++
		if unicode.IsLetter(r) {
			e.letters++
			break
		}
	}
	e.counted = end
}

func (in *inline) openEmphasis(sign byte, at, length int32) {
	e := &in.emphasis
	e.open = append(e.open, opener{at: at, length: length, edit: len(in.edits), letters: e.letters, below: e.last})
	e.last[formOf(sign, length)] = len(e.open)
	in.edits = append(in.edits, edit{at, at, nothing})
	if length == 3 {
		in.edits = append(in.edits, edit{at, at, nothing})
	}
}

// closeEmphasis closes what a run of signs closes, and reports whether it closes
// anything. Three signs close three, or one and two; nothing is closed in part
// but where emphasis nests too deep.
func (in *inline) closeEmphasis(sign byte, at, length int32) bool {
	if length < 3 {
		return in.pair(sign, at, length)
	}
	e := &in.emphasis
	one, two, three := e.last[formOf(sign, 1)], e.last[formOf(sign, 2)], e.last[formOf(sign, 3)]
	if three == 0 && (one == 0 || two == 0) {
		return false
	}
	inner := int32(2)
	if three < max(one, two) && one > two {
		inner = 1
	}
	if !in.pair(sign, at, inner) {
		return false
	}
	in.pair(sign, at+inner, length-inner)
	return true
}

// pair makes emphasis of the innermost run and the signs that close it, if there
// is a letter between; if there is none, they are a pair of signs, and text.
func (in *inline) pair(sign byte, at, length int32) bool {
	e := &in.emphasis
	number := e.candidate(sign, length)
	if number == 0 {
		return false
	}
	o := e.open[number-1]
	height := 1 + e.cut(number-1)
	if o.letters == e.letters || height > maxNesting {
		return false
	}
	opening, closing := openEmphasis, closeEmphasis
	if length == 2 {
		opening, closing = openStrong, closeStrong
	}
	inner := o.edit
	if o.length == 3 {
		inner++
	}
	rest := o.length - length
	in.edits[inner] = edit{o.at + rest, o.at + o.length, opening}
	in.put(closing, at, at+length)
	if rest > 0 {
		o.length, o.height = rest, height
		e.open = append(e.open, o)
		e.last[formOf(sign, rest)] = number
	} else if number > 1 {
		outer := &e.open[number-2]
		outer.height = max(outer.height, height)
	}
	return true
}

// cut takes away the runs from one on, and returns how deep emphasis nests inside.
// What is outside of them then has it inside.
func (e *emphasis) cut(from int) (height int32) {
	for _, o := range e.open[from:] {
		height = max(height, o.height)
	}
	e.last = e.open[from].below
	e.open = e.open[:from]
	if from > 0 {
		outer := &e.open[from-1]
		outer.height = max(outer.height, height)
	}
	return height
}

// forget takes away the runs from a place on, and their edits.
func (e *emphasis) forget(d *document, at int32) {
	for len(e.open) > 0 && e.open[len(e.open)-1].at >= at {
		d.edits = d.edits[:e.open[len(e.open)-1].edit]
		e.cut(len(e.open) - 1)
	}
}

// expects reports whether there is a run of signs that is not closed yet.
func (e *emphasis) expects(sign byte) bool {
	return e.candidate(sign, 1) > 0 || e.candidate(sign, 2) > 0
}
