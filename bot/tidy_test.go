package bot_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/bot"
)

// hostile makes texts of what is hard: bytes that are no UTF-8, controls, invisible and wide characters.
func hostile() *rapid.Generator[string] {
	part := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"\xff", "\xc3", "\x00", "\r\n", "\r", "\n", "\t", " ", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u061c",
			"\u180e", "\u0085", "\U000e0041", "\uFFFD", "签到", "「", "」\n- - -\n", "@围炉", "！", "/", "👨‍👩‍👧", strings.Repeat("长", 300)}),
	)
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "") })
}

func wantClean(t interface{ Fatalf(string, ...any) }, s string, runes int) {
	if !utf8.ValidString(s) {
		t.Fatalf("%q is not UTF-8", s)
	}
	if n := utf8.RuneCountInString(s); n > runes {
		t.Fatalf("%d characters", n)
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune("\u200b\u200c\u2028\u2029\u2060\ufeff\u00ad\u180e", r)) {
			t.Fatalf("%q holds %U", s, r)
		}
	}
}

func TestCleanIsCleanAndBoundedAndIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "text")
		got := bot.Clean(s)
		wantClean(t, got, 10_000)
		if again := bot.Clean(got); again != got {
			t.Fatalf("%q, and again %q", got, again)
		}
	})
}

func TestCleanCutsAMegabyte(t *testing.T) {
	for _, unit := range []string{"a", "签", "\xff", "\u200b", "👨‍👩‍👧"} {
		got := bot.Clean(strings.Repeat(unit, 1<<20/len(unit)))
		wantClean(t, got, 10_000)
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hostile().Draw(t, "text")
		if once := bot.Fold(s); bot.Fold(once) != once {
			t.Fatalf("%q, and again %q", once, bot.Fold(once))
		}
	})
}

func TestTidyMakesAnyEventFitToStore(t *testing.T) {
	person := rapid.Custom(func(t *rapid.T) bot.Person {
		h := hostile()
		return bot.Person{User: bot.UserID(h.Draw(t, "user")), Name: h.Draw(t, "name"), Display: h.Draw(t, "display"),
			Remark: h.Draw(t, "remark"), Avatar: h.Draw(t, "avatar"), Attr: h.Draw(t, "attr")}
	})
	rapid.Check(t, func(t *rapid.T) {
		h := hostile()
		by := person.Draw(t, "by")
		ev := bot.Event{
			ID: h.Draw(t, "id"), Ref: h.Draw(t, "ref"), Kind: bot.Message, Chat: bot.ChatID(h.Draw(t, "chat")), Session: h.Draw(t, "session"),
			ChatName: h.Draw(t, "chat name"), BotName: h.Draw(t, "bot name"), From: person.Draw(t, "from"), By: &by,
			Text: h.Draw(t, "text"), Media: h.Draw(t, "media"), Mentions: rapid.SliceOfN(person, 0, 3).Draw(t, "mentions"),
			Quote: &bot.Quote{ID: h.Draw(t, "quote id"), From: person.Draw(t, "quoted"), Text: h.Draw(t, "quoted text")},
		}
		given := *ev.Quote
		quote := ev.Quote
		bot.Tidy(&ev, []string{"围炉"})
		if *quote != given {
			t.Fatalf("the caller's own quote was changed")
		}
		fit := func(p bot.Person) {
			for _, s := range []string{string(p.User), p.Name, p.Display, p.Remark, p.Avatar, p.Attr} {
				wantClean(t, s, 200)
			}
		}
		fit(ev.From)
		fit(*ev.By)
		fit(ev.Quote.From)
		for _, p := range ev.Mentions {
			fit(p)
		}
		for _, s := range []string{ev.ID, ev.Ref, string(ev.Chat), ev.Session, ev.ChatName, ev.BotName, ev.Media, ev.Quote.ID} {
			wantClean(t, s, 200)
		}
		wantClean(t, ev.Text, 10_000)
		wantClean(t, ev.Quote.Text, 10_000)
		// The text itself may hold another quote, which a second look would take off too.
		again := ev
		bot.Tidy(&again, []string{"围炉"})
		again.Text, again.ToBot = ev.Text, ev.ToBot
		if !reflect.DeepEqual(again, ev) {
			t.Fatalf("%+v\nand again\n%+v", ev, again)
		}
	})
}

func TestTidyKeepsDifferentIDsDifferent(t *testing.T) {
	long := strings.Repeat("x", 1000)
	seen := map[string]string{}
	for _, id := range []string{"a", "a\x00", "a\xff", "a\xfe", "a\u200b", long + "1", long + "2"} {
		ev := bot.Event{ID: id}
		bot.Tidy(&ev, nil)
		if other, ok := seen[ev.ID]; ok {
			t.Errorf("%.20q and %.20q are the same event", id, other)
		}
		seen[ev.ID] = id
	}
}

func FuzzSplitAndUnquote(f *testing.F) {
	for _, s := range []string{"签到！", "「甲：签到」\n- - -\n好", "/加分 @a 1", "「", "」\n- -", "\xff", "@", "「a」\n- -\n「b」\n- -\nc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, rest, whole := bot.Split(s)
		if !strings.Contains(s, rest) || whole && rest != "" || utf8.RuneCountInString(name) > 32 {
			t.Errorf("split %q into %q and %q, whole: %v", s, name, rest, whole)
		}
		if strings.ContainsFunc(name, unicode.IsSpace) || strings.Contains(name, "@") {
			t.Errorf("the name %q is more than a word", name)
		}
		said, quote := bot.Unquote(s)
		if !strings.HasSuffix(s, said) || quote == nil && said != s {
			t.Errorf("unquote %q: %q is not its end", s, said)
		}
		if quote != nil && (!strings.HasPrefix(s, "「") || !strings.Contains(s, quote.From.Name) || !strings.Contains(s, quote.Text)) {
			t.Errorf("unquote %q: %+v", s, quote)
		}
	})
}

func TestATableIsCleanedCellByCell(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		var got [][]string
		opts := options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{command("导入", func(_ context.Context, r *bot.Request) error {
			got = r.Table
			return nil
		})}})
		table := [][]string{{"小明\x00", "\u202e5"}, {"正常"}}
		ev := message("e", "导入")
		ev.Table = table
		deliver(t, engine(t, opts), ev)
		if diff := cmp.Diff([][]string{{"小明", "5"}, {"正常"}}, got); diff != "" || table[0][0] != "小明\x00" {
			t.Error(diff, table)
		}
	})
}
