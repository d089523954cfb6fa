package strictjson

import "errors"

// Bounds of one text: how deeply arrays and objects may nest, and how many values
// there may be in all.
const (
	MaxDepth  = 64
	MaxValues = 200_000
)

// What Parse refuses. None says what stood there.
var (
	ErrSyntax  = errors.New("not valid JSON")
	ErrTooDeep = errors.New("nested too deeply")
	ErrTooMany = errors.New("too many values")
)

// Parse reads exactly one JSON value. Errors: ErrSyntax, ErrTooDeep, ErrTooMany.
func Parse(text []byte) (Value, error) {
	p := parser{text: text}
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	p.space()
	if p.at != len(p.text) {
		return Value{}, ErrSyntax
	}
	return v, nil
}

type parser struct {
	text   []byte
	at     int
	values int
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end, which starts no value.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.peek() != c || p.at >= len(p.text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) value(depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, ErrTooDeep
	}
	if p.values++; p.values > MaxValues {
		return Value{}, ErrTooMany
	}
	p.space()
	switch c := p.peek(); c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		text, broken, err := p.str()
		return Value{Kind: String, Text: text, Broken: broken}, err
	case 't':
		return p.word("true", Value{Kind: Bool, True: true})
	case 'f':
		return p.word("false", Value{Kind: Bool})
	case 'n':
		return p.word("null", Value{})
	default:
		return p.number()
	}
}

func (p *parser) word(word string, v Value) (Value, error) {
	if len(p.text)-p.at < len(word) || string(p.text[p.at:p.at+len(word)]) != word {
		return Value{}, ErrSyntax
	}
	p.at += len(word)
	return v, nil
}

func (p *parser) array(depth int) (Value, error) {
	v := Value{Kind: Array}
	err := p.list('[', ']', func() error {
		item, err := p.value(depth + 1)
		v.Items = append(v.Items, item)
		return err
	})
	return v, err
}

func (p *parser) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	err := p.list('{', '}', func() error {
		m, err := p.member(depth)
		v.Members = append(v.Members, m)
		return err
	})
	return v, err
}

func (p *parser) member(depth int) (Member, error) {
	p.space()
	if p.peek() != '"' {
		return Member{}, ErrSyntax
	}
	name, _, err := p.str()
	if err != nil {
		return Member{}, err
	}
	p.space()
	if !p.take(':') {
		return Member{}, ErrSyntax
	}
	v, err := p.value(depth + 1)
	return Member{name, v}, err
}

// list reads what stands between open and end, separated by commas.
func (p *parser) list(open, end byte, one func() error) error {
	p.take(open)
	p.space()
	if p.take(end) {
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		p.space()
		if p.take(end) {
			return nil
		}
		if !p.take(',') {
			return ErrSyntax
		}
	}
}

// number reads -? (0 | 1-9 digits) (. digits)? (e +-? digits)?
func (p *parser) number() (Value, error) {
	start := p.at
	p.take('-')
	if !p.take('0') && !p.digits() {
		return Value{}, ErrSyntax
	}
	if p.take('.') && !p.digits() {
		return Value{}, ErrSyntax
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		if !p.digits() {
			return Value{}, ErrSyntax
		}
	}
	return Value{Kind: Number, Text: string(p.text[start:p.at])}, nil
}

func (p *parser) digits() bool {
	start := p.at
	for p.peek() >= '0' && p.peek() <= '9' {
		p.at++
	}
	return p.at > start
}
