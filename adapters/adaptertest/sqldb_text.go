package adaptertest

import (
	"strings"

	"parley/domain/sqldb"
)

// libraryDDL is a schema with an index of words, under the name library.
const libraryDDL = `
create table library.texts (
  id text not null,
  n bigint not null,
  words text not null,
  primary key (n, id)
);
-- What the texts are found by.
create text index library.texts_by_words on library.texts (words);
create index library.texts_by_id on library.texts (id);
create table library.checkpoint (name text primary key, position bigint not null);
insert into library.checkpoint (name, position) values ('only', 0);
`

var dbTextCases = []dbCase{
	{"a text is found by any of its words and by the beginning of the last", func(f *dbFixture) {
		f.library("library", "a", "late order 1234", "b", "order", "c", "lately orders")
		for search, want := range map[string]string{
			"order": "a b c", "order l": "a", "late o": "a", "late": "a c", "1234 order": "a", "12": "a", "rder": "", "order order": "a b", "x": "",
			"late order 1234 x": "", "orders late": "c",
		} {
			f.want(f.found(search), want)
		}
	}},
	{"words compare by bytes", func(f *dbFixture) {
		f.library("library", "a", "über", "b", "uber", "c", "u\u0308ber", "d", "見 積 書", "e", "ⱥ हिन्दी", "f", "Über", "g", "\U0001e900\U00011f04")
		for search, want := range map[string]string{
			"über": "a", "ü": "a", "uber": "b", "u": "b c", "積 見": "d", "हिन्दी": "e", "हि": "e", "Ü": "f", "ber": "", "\U0001e900\U00011f04": "g",
		} {
			f.want(f.found(search), want)
		}
	}},
	{"no word is syntax", func(f *dbFixture) {
		f.library("library", "a", "and or not near", "b", "words", "c", "null")
		for search, want := range map[string]string{"or": "a", "not and": "a", "near": "a", "words": "b", "rowid": "", "null": "c", "or words": ""} {
			f.want(f.found(search), want)
		}
	}},
	{"a text without words is found by none", func(f *dbFixture) {
		f.library("library", "a", "", "b", "b")
		f.want(f.found("a"), "")
		f.want(f.found("b"), "b")
	}},
	{"a text is found by its new words only", func(f *dbFixture) {
		f.library("library", "a", "one two", "b", "two")
		const upsert = "insert into library.texts (id, n, words) values ('a', 1, $1) on conflict (n, id) do update set words = excluded.words"
		f.write("library", upsert, "two three")
		f.want(f.found("one")+"|"+f.found("two")+"|"+f.found("three"), "|a b|a")
		f.write("library", "update library.texts set id = 'z' where id = 'b'")
		f.want(f.found("two"), "a z")
		f.write("library", "delete from library.texts where id = 'a'")
		f.want(f.found("two")+"|"+f.found("three"), "z|")
	}},
	{"what a batch rolls back is not found", func(f *dbFixture) {
		f.library("library", "a", "one")
		f.wantErr(f.db.Write(f.ctx, "library", []sqldb.Statement{
			{SQL: "update library.texts set words = 'two'"}, move("library", 5, 6),
		}), sqldb.ErrStale)
		f.want(f.found("one")+"|"+f.found("two"), "a|")
	}},
	{"an index counts no row twice", func(f *dbFixture) {
		f.library("library", "a", "one")
		f.ok(f.db.Write(f.ctx, "library", []sqldb.Statement{
			{SQL: "update library.texts set words = 'two' where id = 'a'", Affects: 1},
			{SQL: "insert into library.texts (id, n, words) values ('b', 1, 'two'), ('c', 1, 'two')", Affects: 2},
			{SQL: "delete from library.texts where id = 'b'", Affects: 1},
		}))
		f.want(f.found("two"), "a c")
	}},
	{"an index is no table and goes with its schema", func(f *dbFixture) {
		f.library("library", "a", "old")
		f.library("library_new", "b", "old new")
		tables, err := f.db.Tables(f.ctx, "library")
		f.ok(err)
		f.want(tables, []string{"checkpoint", "texts"})
		f.ok(f.db.Promote(f.ctx, "library_new", "library", "select 1 from library_new.checkpoint"))
		f.want(f.found("old")+"|"+f.found("new"), "b|b")
		f.write("library", "insert into library.texts (id, n, words) values ('c', 1, 'newest')")
		f.want(f.found("new"), "b c")
		f.ok(f.db.Drop(f.ctx, "library"))
		_, err = f.tryRows(1, f.search("$1"), "old")
		f.wantErr(err, sqldb.ErrNoSchema)
	}},
	{"long texts and long searches are words like any", func(f *dbFixture) {
		var many []string
		for i := range 5000 {
			many = append(many, "w"+strings.Repeat("é", i%60)+string(rune('a'+i%26))+string(rune(0x4e00+i)))
		}
		f.library("library", "a", strings.Join(many, " "), "b", "w")
		f.want(f.found(strings.Join(many[:200], " ")), "a")
		f.want(f.found(many[4999]), "a")
		f.want(f.found("w"), "a b")
	}},
}

// library creates a schema with texts, which are pairs of an id and words.
func (f *dbFixture) library(name string, texts ...string) {
	f.Helper()
	f.ok(f.db.Create(f.ctx, name, strings.ReplaceAll(libraryDDL, "library.", name+".")))
	for i := 0; i < len(texts); i += 2 {
		f.write(name, "insert into "+name+".texts (id, n, words) values ($1, 1, $2)", texts[i], texts[i+1])
	}
}

func (f *dbFixture) search(parameter string) string {
	return "select t.id from library.texts t where " + f.db.Matching("library.texts_by_words", "t.words", parameter) + " order by t.id"
}

// found returns the ids of the texts that a search finds.
func (f *dbFixture) found(words string) string {
	f.Helper()
	return strings.Join(f.rows(1, f.search("$1"), words), " ")
}
