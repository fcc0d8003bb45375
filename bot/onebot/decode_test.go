package onebot

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMessagesAreReadInBothForms(t *testing.T) {
	text := func(s string) segment { return segment{"text", map[string]string{"text": s}} }
	at := func(qq string) segment { return segment{"at", map[string]string{"qq": qq}} }
	for _, c := range []struct {
		src  string
		want []segment
	}{
		{`"你好"`, []segment{text("你好")}},
		{`""`, nil},
		{`"[CQ:at,qq=1] 你好 &#91;CQ:at&#93; &amp;#44;"`, []segment{at("1"), text(" 你好 [CQ:at] &#44;")}},
		{`"a[CQ:image,file=a&#44;b.jpg,url=http://x/?a=1&amp;b=2]"`, []segment{text("a"), {"image", map[string]string{"file": "a,b.jpg", "url": "http://x/?a=1&b=2"}}}},
		{`"[CQ:at,qq=1"`, []segment{text("[CQ:at,qq=1")}},
		{`"[CQ:face]"`, []segment{{"face", map[string]string{}}}},
		{`[{"type":"text","data":{"text":"[CQ:at,qq=1]&amp;"}}]`, []segment{text("[CQ:at,qq=1]&amp;")}},
		{`[{"type":"at","data":{"qq":10001}},{"type":"at","data":{"qq":"all"}}]`, []segment{at("10001"), at("all")}},
		{`{"type":"text","data":{"text":"one"}}`, []segment{text("one")}},
		{`[{"type":"text","data":null},{"type":"text"}]`, []segment{{"text", map[string]string{}}, {"text", map[string]string{}}}},
		{`[]`, []segment{}},
		{`null`, []segment{text("raw")}},
		{`7`, []segment{text("raw")}},
	} {
		got := segments(json.RawMessage(c.src), "raw")
		if !slices.EqualFunc(got, c.want, func(a, b segment) bool { return a.Type == b.Type && maps.Equal(a.Data, b.Data) }) {
			t.Errorf("%s: %v, want %v", c.src, got, c.want)
		}
	}
}

func TestIdsAreNumbersOrStrings(t *testing.T) {
	for src, want := range map[string]id{
		`1`: "1", `"1"`: "1", `" 1 "`: "1", `-5`: "-5", `9007199254740993`: "9007199254740993", `18446744073709551615`: "18446744073709551615",
		`"wxid_abc"`: "wxid_abc", `null`: "", `1.5`: "", `{}`: "", `true`: "", `007`: "",
	} {
		var f struct{ X id }
		_ = json.Unmarshal([]byte(`{"X":`+src+`}`), &f) // 007 is no JSON
		if f.X != want {
			t.Errorf("%s is %q, want %q", src, f.X, want)
		}
	}
	for i, want := range map[id]string{"1": `1`, "-5": `-5`, "wxid": `"wxid"`, "007": `"007"`, "9007199254740993": `9007199254740993`, "": `""`} {
		if got, err := json.Marshal(i); err != nil || string(got) != want {
			t.Errorf("%q is written %s (%v), want %s", i, got, err, want)
		}
	}
}

func TestTimesThatMakeNoSenseAreThoseOfArrival(t *testing.T) {
	seen := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for src, want := range map[string]time.Time{
		`1763953200`: time.Unix(1763953200, 0).UTC(), `1763953200123`: time.UnixMilli(1763953200123).UTC(), `"1763953200"`: time.Unix(1763953200, 0).UTC(),
		`0`: seen, `-1`: seen, `99999999999`: seen, `null`: seen, `"x"`: seen, `1e400`: seen,
	} {
		f, err := decode([]byte(`{"time":` + src + `}`))
		if got := f.at(seen); err != nil || !got.Equal(want) {
			t.Errorf("%s is %s (%v), want %s", src, got, err, want)
		}
	}
}

func TestFilesAreNamedSafely(t *testing.T) {
	for in, want := range map[id]string{"10000": "10000", "wxid_a-B": "wxid_a-B"} {
		if got := fileName(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	for _, in := range []id{"../../etc/passwd", "", "a/b", id(strings.Repeat("x", 300)), "小"} {
		if got := fileName(in); in != "" && (!strings.HasPrefix(got, "x-") || strings.ContainsAny(got, "/.")) {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// FuzzDecode reads whatever an implementation, or a member through it, could send.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"post_type":"message","message_type":"group","group_id":1,"user_id":"2","message_id":-3,"time":1763953200,"message":[{"type":"text","data":{"text":"hi"}}]}`,
		`{"post_type":"message","message":"[CQ:at,qq=1][CQ:reply,id=2] &amp;#91;","sender":{"user_id":1,"nickname":"x","card":null}}`,
		`{"post_type":"notice","notice_type":"group_increase","operator_id":"x"}`, `{"status":"failed","retcode":"1404","echo":{"a":[1]},"data":[]}`,
		`{"message":{"type":"image","data":{"file":1e99}}}`, "[CQ:[CQ:at,qq=]]", `{"time":1e999}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		parts := parseCQ(string(src))
		if len(parts) > maxSegments+1 {
			t.Errorf("%d parts", len(parts))
		}
		got, err := decode(src)
		if err != nil {
			return
		}
		seen := time.Unix(1763953200, 0)
		if at := got.at(seen); at.Year() < 2011 || at.After(seen.Add(25*time.Hour)) {
			t.Errorf("at %s", at)
		}
		_ = got.echo()
		_ = got.problem()
		for _, p := range segments(got.Message, got.Raw) {
			if p.Data == nil {
				t.Error("a part without data")
			}
		}
		b, err := json.Marshal(got.UserID)
		var back id
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || strings.ToValidUTF8(string(back), "\uFFFD") != strings.ToValidUTF8(strings.TrimSpace(string(got.UserID)), "\uFFFD") {
			t.Errorf("%q is written %s and read as %q", got.UserID, b, back)
		}
	})
}
