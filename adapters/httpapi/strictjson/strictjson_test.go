package strictjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/httpapi/strictjson"
	"parley/domain"
)

type inner struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type outer struct {
	Name   string                     `json:"name"`
	Count  int                        `json:"count"`
	Flag   *bool                      `json:"flag"`
	At     time.Time                  `json:"at"`
	Source strictjson.Nullable[inner] `json:"source"`
	Items  []inner                    `json:"items"`
	Words  []string                   `json:"words"`
}

func bind(t *testing.T, text string) (outer, []domain.FieldError) {
	t.Helper()
	v, err := strictjson.Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	var o outer
	return o, strictjson.Bind(v, &o)
}

func TestParse_refuses_what_is_not_json(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "{", "}", "[", "[1,]", `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `'a'`, "01", "+1", "1.", ".5", "1e",
		"-", "tru", "nul", "truex", `"a`, "\"a\nb\"", `"\x"`, `"\u12"`, `"\u12g4"`, "{} {}", "[1] 2", "\xef\xbb\xbf{}",
		"\xff", "{\"a\":\"b\"\x00}", "NaN", "Infinity", "// c\n{}",
	} {
		if _, err := strictjson.Parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestParse_bounds_depth_and_number_of_values(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	if _, err := strictjson.Parse([]byte(deep)); err != strictjson.ErrTooDeep {
		t.Errorf("depth 10,000: %v", err)
	}
	many := "[" + strings.Repeat("1,", strictjson.MaxValues) + "1]"
	if _, err := strictjson.Parse([]byte(many)); err != strictjson.ErrTooMany {
		t.Errorf("too many values: %v", err)
	}
	if _, err := strictjson.Parse([]byte(strings.Repeat("[", 60) + strings.Repeat("]", 60))); err != nil {
		t.Errorf("depth 60: %v", err)
	}
}

func TestBind_fills_what_fits(t *testing.T) {
	t.Parallel()
	o, errs := bind(t, `{"name":"a\r\nb \ud83d\ude00","count":2.0,"flag":false,"at":"2026-01-02T03:04:05.1234567+01:00",
		"source":{"type":"order","id":"1"},"items":[{"id":"x"}],"words":null}`)
	no := false
	want := outer{
		Name: "a\nb 😀", Count: 2, Flag: &no, At: time.Date(2026, 1, 2, 2, 4, 5, 123456000, time.UTC),
		Source: strictjson.Nullable[inner]{Value: &inner{Type: "order", ID: "1"}}, Items: []inner{{ID: "x"}},
	}
	if d := cmp.Diff(want, o); d != "" || errs != nil {
		t.Errorf("errors %v, difference:\n%s", errs, d)
	}
}

func TestBind_tells_null_from_absence_only_where_it_means_something(t *testing.T) {
	t.Parallel()
	o, errs := bind(t, `{"name":null,"source":null}`)
	if errs != nil || !o.Source.Cleared || o.Source.Value != nil || o.Name != "" {
		t.Errorf("got %+v, errors %v", o, errs)
	}
	if o, _ := bind(t, `{}`); o.Source.Cleared {
		t.Error("absence cleared the source")
	}
}

func TestBind_collects_every_error_with_its_pointer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 65)
	_, errs := bind(t, "{\"name\":\"\xff\",\"count\":1.5,\"flag\":\"yes\",\"at\":\"tomorrow\",\"source\":7,"+
		`"items":[{"id":"\u0000"},3,null,{"a/b~c":1}],"words":["ok","\ud800","\u0085"],"count":1,"`+long+`":1}`)
	got := map[string]string{}
	for _, e := range errs {
		got[e.Pointer] += e.Detail + ";"
	}
	control := "must not contain control characters other than tab and newline;"
	want := map[string]string{
		"/name": "must be valid UTF-8;", "/count": "must be a whole number of at most 15 digits;must not be given twice;",
		"/flag": "must be true or false;", "/at": "must be a time as in RFC 3339;", "/source": "must be an object;",
		"/items/0/id": control, "/items/1": "must be an object;", "/items/2": "must be an object;",
		"/items/3/a~1b~0c": "is not a known field;", "/words/1": "must be valid UTF-8;", "/words/2": control,
		"": "is not a known field;",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestBind_bounds_the_errors(t *testing.T) {
	t.Parallel()
	if _, errs := bind(t, `{"words":[`+strings.Repeat("1,", 5000)+"1]}"); len(errs) != strictjson.MaxErrors {
		t.Errorf("got %d errors", len(errs))
	}
}

func TestCanonical_is_the_same_for_all_ways_to_write_a_value(t *testing.T) {
	t.Parallel()
	a, _ := strictjson.Parse([]byte("{\"b\": [1, true, null, false],\n \"a\": \"\\u0041\\n\\\"\"}"))
	b, _ := strictjson.Parse([]byte(`{"a":"A\u000a\u0022","b":[1,true,null,false]}`))
	if string(a.Canonical()) != string(b.Canonical()) || !json.Valid(a.Canonical()) {
		t.Errorf("%s and %s", a.Canonical(), b.Canonical())
	}
}

func FuzzParse_agrees_with_the_standard_library(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"\ud83d\ude00",null]}`, `"\ud800"`, `[true,false]`, "\"\xff\"", `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := strictjson.Parse(text)
		if err == strictjson.ErrTooDeep || err == strictjson.ErrTooMany {
			return
		}
		if (err == nil) != json.Valid(text) {
			t.Fatalf("%q: %v, but valid is %v", text, err, json.Valid(text))
		}
		if err != nil {
			return
		}
		var ours, theirs any
		if json.Unmarshal(v.Canonical(), &ours) != nil || json.Unmarshal(text, &theirs) != nil {
			return
		}
		if d := cmp.Diff(theirs, ours); d != "" && utf8.Valid(text) && !bytes.Contains(text, []byte(`\u`)) {
			t.Fatalf("%q: %s", text, d)
		}
		strictjson.Bind(v, new(outer))
	})
}

func TestBind_takes_objects_whose_names_are_ids(t *testing.T) {
	t.Parallel()
	type each struct {
		N int `json:"n"`
	}
	for text, want := range map[string]string{
		`{"all":{"a/b":{"n":1},"c":null}}`:                "",
		`{"all":{"a/b":{"n":"x","y":1}}}`:                 "/all/a~1b/n /all/a~1b/y",
		`{"all":{"a":{},"a":{}}}`:                         "/all/a",
		`{"all":{"":{}}}`:                                 "/all",
		`{"all":{"\ud800":{}}}`:                           "/all",
		`{"all":{"` + strings.Repeat("x", 129) + `":{}}}`: "/all",
		`{"all":[]}`:                                      "/all",
	} {
		v, err := strictjson.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var into struct {
			All map[string]strictjson.Nullable[each] `json:"all"`
		}
		var places []string
		for _, f := range strictjson.Bind(v, &into) {
			places = append(places, f.Pointer)
		}
		if got := strings.Join(places, " "); got != want {
			t.Errorf("%.40s: wrong at %q, want %q", text, got, want)
		}
		if want == "" && (into.All["a/b"].Value.N != 1 || !into.All["c"].Cleared) {
			t.Errorf("%s became %+v", text, into.All)
		}
	}
}
