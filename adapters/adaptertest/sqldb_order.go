package adaptertest

import "slices"

// awkward are texts whose order by bytes no language shares.
var awkward = []string{"", " ", "-a", "A", "B", "Z", "_", "a", "a b", "a-b", "ab", "b", "z", "Ä", "ß", "é", "ж", "日", "😀"}

var dbOrderCases = []dbCase{
	{"text sorts by bytes", func(f *dbFixture) {
		f.awkwardItems()
		f.want(f.rows(1, "select id from shop.items order by id"), awkward)
		backward := slices.Clone(awkward)
		slices.Reverse(backward)
		f.want(f.rows(1, "select id from shop.items order by id desc"), backward)
	}},
	{"text compares by bytes", func(f *dbFixture) {
		f.awkwardItems()
		for i, text := range awkward {
			f.want(f.number("select count(*) from shop.items where id < $1", text), int64(i))
			f.want(f.number("select count(*) from shop.items where (id, n) > ($1, $2)", text, 0), int64(len(awkward)-i-1))
		}
	}},
	{"text that differs in case or accent differs", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, note) values ('e', 'e'), ('E', 'E'), ('\u00e9', '\u00e9'), ('e\u0301', 'e\u0301')")
		f.want(f.number("select count(*) from shop.items where note = $1", "\u00e9"), int64(1))
	}},
	{"the smallest and the largest text are by bytes", func(f *dbFixture) {
		f.awkwardItems()
		f.want(f.rows(2, "select min(id), max(id) from shop.items where id <> ''"), []string{" |😀"})
	}},
}

func (f *dbFixture) awkwardItems() {
	f.Helper()
	f.shop("shop")
	for _, text := range slices.Backward(awkward) {
		f.write("shop", "insert into shop.items (id, note) values ($1, null)", text)
	}
}
