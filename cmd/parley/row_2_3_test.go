package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

func TestRow_2_3_a_records_activities_page_by_ten_newest_update_first(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		var names, paths []string
		for i := range 12 {
			names = append(names, fmt.Sprintf("c%02d", i))
			paths = append(paths, p.beginAs(anOwner, obj{"name": names[i], "source": aRecord("order", "1001"), "message": saying("hello")}))
		}
		p.begin("about nothing")
		last := p.as(anOwner).send(http.MethodPatch, paths[3], obj{"name": "c03 again"}).want(http.StatusOK)
		names = append(slices.Delete(names, 3, 4), "c03 again")
		slices.Reverse(names)

		list := "/v1/records/order/1001/activities?limit=10"
		first := p.as(anOwner).get(list, "Parley-Min-Position", last.position()).want(http.StatusOK)
		first.shows("the first ten", "items", "name", names[:10]...)
		// What is updated moves to the top, and nothing behind the page shifts.
		p.as(anOwner).post(paths[11]+"/messages", saying("up")).want(http.StatusCreated)
		arrived := p.beginAs(anOwner, obj{"name": "new", "source": aRecord("order", "1001"), "message": saying("hello")})
		p.as(anOwner).get(arrived).want(http.StatusOK)
		second := p.as(anOwner).get(list + "&cursor=" + url.QueryEscape(first.field("next_cursor").(string))).want(http.StatusOK)
		second.shows("the last two", "items", "name", names[10:]...)
		if second.field("next_cursor") != nil {
			t.Error("the last page names another one")
		}
		p.as(anOwner).get(list).shows("the newest", "items", "name", append([]string{"new", "c11"}, slices.DeleteFunc(names[:9], func(n string) bool { return n == "c11" })...)...)
		p.as(aForeigner).get(list).want(http.StatusNotFound)
		p.as(aBuyer).get("/v1/records/customer_user/buyer/activities?limit=1").shows("a person's", "items", "name", "new")
	})
}

func TestRow_2_3_messages_page_by_number_whatever_arrives(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("long")
		say := func(n int) (last reply) {
			for range n {
				last = p.as(anOwner).post(at+"/messages", saying("x")).want(http.StatusCreated)
			}
			return last
		}
		page := func(query string, since reply, from, to int) {
			t.Helper()
			var numbers []string
			for n := from; n <= to; n++ {
				numbers = append(numbers, strconv.Itoa(n))
			}
			p.as(anOwner).get(at+"/messages?"+query, "Parley-Min-Position", since.position()).want(http.StatusOK).shows(query, "items", "number", numbers...)
		}
		twelve := say(12)
		page("", twelve, 8, 12)        // details open on the last five
		page("before=8", twelve, 3, 7) // Older
		page("before=3", twelve, 1, 2) // Older
		page("after=2", twelve, 3, 7)  // Newer
		seventeen := say(5)            // arrivals
		page("before=8", seventeen, 3, 7)
		page("after=7", seventeen, 8, 12)
		page("after=12", seventeen, 13, 17)
		page("", seventeen, 13, 17) // Refresh
	})
}
