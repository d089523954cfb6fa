package disktest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// sector is what a disk writes wholly or not at all, in bytes.
const sector = 512

// Loss is what a loss of power leaves of the calls that no sync has covered.
type Loss string

// The losses: nothing of them is there; all of them; those before some moment, or
// also half of the next; each of their sectors by chance, so out of order; all,
// some of the sectors being noise.
const (
	Nothing   Loss = "nothing"
	All       Loss = "all"
	Prefix    Loss = "a prefix"
	Torn      Loss = "torn"
	Scattered Loss = "scattered"
	Garbled   Loss = "garbled"
)

// Losses are all there are.
func Losses() []Loss { return []Loss{Nothing, All, Prefix, Torn, Scattered, Garbled} }

// Power goes through what was written down and knows at each moment what is on
// disk for certain and what is on its way.
type Power struct {
	rest  []Op
	files map[string]*content
	notes []int64
}

type content struct {
	exists  bool
	durable []byte
	pending []Op
}

// NewPower returns the moment before the first call.
func NewPower(ops []Op) *Power { return &Power{rest: ops, files: map[string]*content{}} }

// Step goes on behind the next call. It reports false at the end.
func (p *Power) Step() bool {
	if len(p.rest) == 0 {
		return false
	}
	op := p.rest[0]
	p.rest = p.rest[1:]
	switch op.Kind {
	case Note:
		p.notes = append(p.notes, op.Size)
		return true
	case SyncDir:
		p.delete()
		return true
	}
	f := p.files[op.Path]
	if f == nil {
		f = &content{}
		p.files[op.Path] = f
	}
	switch op.Kind {
	case Sync:
		for _, pending := range f.pending {
			f.apply(pending)
		}
		f.pending = nil
	default:
		f.pending = append(f.pending, op)
	}
	return true
}

// delete makes every deletion durable.
func (p *Power) delete() {
	for _, f := range p.files {
		last := -1
		for i, op := range f.pending {
			if op.Kind == Delete {
				last = i
			}
		}
		for _, op := range f.pending[:last+1] {
			f.apply(op)
		}
		f.pending = f.pending[last+1:]
	}
}

// Notes returns the numbers that were noted up to now.
func (p *Power) Notes() []int64 { return p.notes }

// Pending returns how many calls no sync has covered.
func (p *Power) Pending() (n int) {
	for _, f := range p.files {
		n += len(f.pending)
	}
	return n
}

// Write writes the files, as the power is lost now, into a folder.
func (p *Power) Write(dir string, loss Loss, chance *rand.Rand) error {
	for _, path := range slices.Sorted(maps.Keys(p.files)) {
		f := p.files[path]
		left := content{exists: f.exists, durable: slices.Clone(f.durable)}
		left.lose(f.pending, loss, chance)
		if !left.exists {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), left.durable, 0o600); err != nil {
			return fmt.Errorf("write what was left: %w", err)
		}
	}
	return nil
}

// apply carries a call out.
func (c *content) apply(op Op) {
	c.exists = op.Kind != Delete
	switch op.Kind {
	case Write:
		c.grow(op.Offset + int64(len(op.Data)))
		copy(c.durable[op.Offset:], op.Data)
	case Truncate:
		c.grow(op.Size)
		c.durable = c.durable[:op.Size]
	case Delete:
		c.durable = nil
	}
}

func (c *content) grow(size int64) {
	if missing := size - int64(len(c.durable)); missing > 0 {
		c.durable = append(c.durable, make([]byte, missing)...)
	}
}

// lose carries out what the loss leaves of the calls.
func (c *content) lose(pending []Op, loss Loss, chance *rand.Rand) {
	switch loss {
	case Nothing:
		return
	case Prefix, Torn:
		n := chance.IntN(len(pending) + 1)
		if loss == Torn && n < len(pending) && pending[n].Kind == Write {
			half := pending[n]
			half.Data = half.Data[:len(half.Data)/2]
			pending = append(slices.Clone(pending[:n]), half)
		} else {
			pending = pending[:n]
		}
	}
	for _, op := range pending {
		switch {
		case loss == Scattered:
			c.scatter(op, chance)
		case loss == Garbled && op.Kind == Write:
			c.apply(garble(op, chance))
		default:
			c.apply(op)
		}
	}
}

// scatter carries out a call by chance, and a write sector by sector.
func (c *content) scatter(op Op, chance *rand.Rand) {
	if op.Kind != Write {
		if chance.IntN(2) == 0 {
			c.apply(op)
		}
		return
	}
	for from := 0; from < len(op.Data); {
		to := min(len(op.Data), from+sector-int(op.Offset+int64(from))%sector)
		if chance.IntN(2) == 0 {
			c.apply(Op{Kind: Write, Offset: op.Offset + int64(from), Data: op.Data[from:to]})
		}
		from = to
	}
}

// garble makes noise of a random part of a write.
func garble(op Op, chance *rand.Rand) Op {
	op.Data = slices.Clone(op.Data)
	from := chance.IntN(len(op.Data))
	to := from + chance.IntN(len(op.Data)-from) + 1
	for i := from; i < to; i++ {
		op.Data[i] = byte(chance.Uint32())
	}
	return op
}
