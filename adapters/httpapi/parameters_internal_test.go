package httpapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// parametersOfAll returns the type of each operation's parameters.
func parametersOfAll() (all []reflect.Type) {
	for _, op := range (&api{}).operations() {
		if op.parameters != nil && !slices.Contains(all, op.parameters) {
			all = append(all, op.parameters)
		}
	}
	return all
}

// Whatever is given to any parameter is bound or refused, and what is bound can be
// written again, as cursors and answers do.
func FuzzParameters(f *testing.F) {
	for _, value := range []string{
		"", "+", "-", "-1", "+1", "0", "2147483648", "99999999999999999999", "1e3", "true", "TRUE", "none", "any", "active", "user",
		"0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
		"2026-11-30T24:00:00Z", "00000000-0000-0000-0000-000000000000", "\x00", "\xff", "\u202e", strings.Repeat("a", 5000),
	} {
		for _, times := range []byte{1, 2, 101} {
			f.Add(value, "x", times)
		}
	}
	types := parametersOfAll()
	f.Fuzz(func(t *testing.T, value, other string, times byte) {
		for _, of := range types {
			for name := range parametersOf(of) {
				into := reflect.New(of)
				values := append(slices.Repeat([]string{value}, int(times)), other)
				wrong := bindParameters(url.Values{name: values[:max(1, int(times))]}, into.Interface())
				if _, err := json.Marshal(into.Interface()); err != nil {
					t.Errorf("%s of %v cannot be written again: %v", name, of, err)
				}
				if _, err := json.Marshal(wrong); err != nil || times > maxRepeats && len(wrong) == 0 {
					t.Errorf("%s of %v, %d times: %v %v", name, of, times, wrong, err)
				}
			}
		}
	})
}

func TestParameters_refuse_times_that_leave_the_years_that_can_be_written(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"0000-01-01T00:00:00+00:01": false, "9999-12-31T23:59:59-00:01": false,
		"0000-01-01T00:00:00Z": true, "9999-12-31T23:59:59.999999999Z": true, "9999-12-31T23:59:59+01:00": true,
	} {
		var p conversationFilter
		wrong := bindParameters(url.Values{"created_after": {text}}, &p)
		if (len(wrong) == 0) != ok {
			t.Errorf("%s: %v", text, wrong)
		}
	}
}

func TestParameters_are_taken_a_hundred_times_and_each_value_once(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range maxRepeats {
		names = append(names, fmt.Sprint(i))
	}
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var p conversationListParameters
	wrong := bindParameters(url.Values{
		"name": names, "status": slices.Repeat([]string{"active"}, maxRepeats),
		"created_after": {"2026-11-30T12:00:00Z", "2026-11-30T13:00:00+01:00"},
	}, &p)
	if len(wrong) > 0 || len(p.Name) != maxRepeats || len(p.Status) != 1 || !slices.Equal(p.CreatedAfter, []time.Time{noon}) {
		t.Errorf("bound %+v, %v", p, wrong)
	}
	if wrong := bindParameters(url.Values{"name": append(names, "one more")}, &p); len(wrong) != 1 || wrong[0].Parameter != "name" {
		t.Errorf("101 are refused with %v", wrong)
	}
	if wrong := bindParameters(url.Values{"name": {strings.Repeat("a", maxParameter+1)}}, &p); len(wrong) != 1 {
		t.Errorf("a text that is too long is refused with %v", wrong)
	}
}
