package config_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintSaysWhoGaveEachValue(t *testing.T) {
	text := lines("points:", "  thanks: 3", "  groups:", "    - 大群", "    - a, b", "  names: {gold: 金, v1.2: x}", "  inner:", "    title: 04:00")
	_, f := read(t, text,
		[]string{"WEILU_points__wait=48h", "WEILU_points__password=hunter2", "WEILU_points__names__silver=银", "WEILU_points__inner__pin=0"},
		map[string]string{"points.checkin": "9", "points.inner.tags": "a"})
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Print(&out); err != nil {
		t.Fatal(err)
	}
	want := lines(
		`points.checkin: 9   # --set`,
		`points.small: 0   # default`,
		`points.places: 0   # default`,
		`points.rate: 0.25   # default`,
		`points.open: false   # default`,
		`points.timezone: Asia/Shanghai   # default`,
		`points.wait: 2d   # WEILU_points__wait`,
		`points.day_start: "04:00"   # default`,
		`points.groups: [大群, "a, b"]   # weilu.yaml:3`,
		`points.ladder: [{name: 铜, min: 0, note: null}, {name: "银: bright", min: 100, note: null}]   # default`,
		`points.names.gold: 金   # weilu.yaml:6`,
		`points.names.silver: 银   # WEILU_points__names__silver`,
		`points.names."v1.2": x   # weilu.yaml:6`,
		`points.bonus: {}   # default`,
		`points.thanks.amount: 3   # weilu.yaml:2`,
		`points.thanks.cap: 10   # weilu.yaml:2`,
		`points.limit: null   # default`,
		`points.inner.pin: 0   # WEILU_points__inner__pin`,
		`points.inner.title: "04:00"   # weilu.yaml:8`,
		`points.inner.tags: [a]   # --set`,
		`points.password: ********   # WEILU_points__password`,
		`points.lent: ""   # default`,
		``)
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
