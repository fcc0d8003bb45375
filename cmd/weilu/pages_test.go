package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/weilu-im/weilu/bot"
)

// aPage is a page of the console that a browser looks at.
type aPage struct{ name, path string }

// allPages are the console's own pages, every view of every feature, and of those that show one thing, one that is there.
func allPages(t *testing.T, d *demo) []aPage {
	t.Helper()
	pages := []aPage{{"overview", "/"}, {"commands", "/commands"}}
	actor := bot.Actor{Member: "m1", Role: bot.Owner, Language: "zh"}
	refs := map[string]string{} // a link to each view, with parameters
	views := d.app.engine.Views(actor)
	for _, o := range views {
		pages = append(pages, aPage{o.Name, "/v/" + o.Name})
		page, err := d.app.engine.View(t.Context(), o.Name, bot.Query{At: d.clock.Now(), Actor: actor, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range page.Tables {
			for _, row := range table.Rows {
				for _, cell := range row.Cells {
					if cell.Link != nil && refs[cell.Link.View] == "" {
						values := url.Values{}
						for k, v := range cell.Link.Params {
							values.Set(k, v)
						}
						refs[cell.Link.View] = "/v/" + cell.Link.View + "?" + values.Encode()
					}
				}
			}
		}
	}
	for _, o := range views {
		if o.Detail && refs[o.Name] == "" {
			t.Logf("nothing leads to a %s: it is looked at without one", o.Name)
		}
		if path := refs[o.Name]; path != "" && strings.Contains(path, "?") {
			pages = append(pages, aPage{o.Name + "-one", path})
		}
	}
	return append(pages, aPage{"form", "/do?c=" + url.QueryEscape("加分") + "&a=m5"}, aPage{"error", "/v/none.none"}, aPage{"login", "/login"})
}

// flaws lists what is wrong with a page as it stands: too wide, hard to read, not labelled, not reached by keyboard.
const flaws = `(() => {
  const found = [], say = (what, e) => found.push(what + ': ' + (e ? e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '') + ' "' + (e.textContent || e.name || '').trim().slice(0, 30) + '"' : ''));
  const seen = (e) => e.checkVisibility({checkVisibilityCSS: true}) && e.getClientRects().length > 0;
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) {
    for (const e of document.querySelectorAll('body *')) if (e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest('.scroll')) { say(over + ' too wide', e); break }
    if (!found.length) say(over + ' too wide');
  }
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c } return [255, 255, 255, 1] };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || e.closest('.unseen, .skip') || !seen(e)) continue;
    const svg = e.closest('svg');
    if (svg && e.tagName !== 'text') continue;
    const style = getComputedStyle(e), got = ratio(parse(svg ? style.fill : style.color), behind(svg || e));
    if (got < 4.5) say('contrast ' + got.toFixed(2), e);
    if (parseFloat(style.fontSize) < 12 && !svg) say('letters of ' + style.fontSize, e);
  }
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => found.push('twice the id ' + id));
  for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')) {
    const name = e.getAttribute('aria-label') || e.innerText || (e.labels && [...e.labels].map((l) => l.textContent).join('')) || e.textContent;
    if (!name || !name.trim()) say('no label', e);
    if (e.tabIndex > 0) say('out of order', e);
    if (!seen(e) || e.id === 'main' || e.disabled) continue;
    e.focus({preventScroll: true});
    if (document.activeElement !== e) say('not reached', e);
  }
  if (document.activeElement) document.activeElement.blur();
  for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt') || e.complete && !e.naturalWidth) say('picture', e);
  for (const e of document.querySelectorAll('svg[role=img]')) if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) say('no label', e);
  if (document.querySelectorAll('h1').length !== 1) found.push('headings: ' + document.querySelectorAll('h1').length);
  if (window.pwned || document.querySelector('main script, main iframe, [onerror], [onclick], main [style]')) found.push('something of a member is part of the page');
  return found.slice(0, 12);
})()`

// sizes are those of the windows that pages are looked at in.
var sizes = []struct {
	name          string
	width, height int64
}{{"wide", 1280, 900}, {"phone", 390, 844}}

// TestEveryPageInABrowser looks at all pages of the whole program with the demo's data, wide and on a phone, light and
// dark, in both languages.
func TestEveryPageInABrowser(t *testing.T) {
	b := openTab(t)
	d := seededDemo(t, t.TempDir(), time.Now())
	pile(t, d)
	for _, lang := range []string{"zh", "en"} {
		walk(t, b, d, lang, "")
	}
}

// pile lets something wait of what the demo's story has none of.
func pile(t *testing.T, d *demo) {
	t.Helper()
	at := d.clock.Now().Add(-50 * time.Hour).UnixMilli()
	err := d.app.engine.Do(t.Context(), func(ctx context.Context) error {
		for _, statement := range []string{
			`INSERT INTO topic_proposals (column_name, text, member_id, group_id, at, state) SELECT '每日一问', '大家周末都去哪儿爬山？', 'm5', id, ?, 'open' FROM groups`,
			`INSERT INTO ambassadors (member_id, state, words, applied_at) VALUES ('m20', 'applied', '我认识不少爱喝茶的朋友', ?)`,
			`INSERT INTO invite_cases (kind, owner_id, member_id, state, opened_at, appeal, reason) VALUES ('unseen', 'm4', 'm21', 'open', ?, '真的是我朋友', '一天来了很多人')`,
			`INSERT INTO shop_orders (goods_id, member_id, price, at, state, reminded_at, note) SELECT id, 'm6', 100, ?, 'held', 0, '寄到公司' FROM shop_goods`,
		} {
			if err := d.app.db.Conn(ctx).Exec(statement, at).Error; err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// walk looks at each page once for each window and colour; it is loaded once, because neither asks the server.
func walk(t *testing.T, b *tab, d *demo, lang, prefix string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String() + consolePath
	d.app.settings.Console.URL = base
	pages, end := d.pages()
	srv.Config.Handler = pages
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(end)
	b.do(network.SetCookie("weilu_lang", lang).WithURL(base + "/"))
	b.do(chromedp.Navigate(base + "/visit"))
	began, looked := time.Now(), 0
	for _, p := range allPages(t, d) {
		t.Run(lang+"/"+p.name, func(t *testing.T) {
			b.t = t
			b.do(chromedp.Navigate(base + p.path))
			for _, s := range sizes {
				b.do(emulation.SetDeviceMetricsOverride(s.width, s.height, 1, s.width < 700))
				for _, theme := range []string{"light", "dark"} {
					b.do(chromedp.Evaluate(fmt.Sprintf("document.documentElement.dataset.theme = %q; [...document.querySelectorAll('details.section')].forEach((e) => { e.open = true }); true", theme), nil))
					looked++
					for _, flaw := range value[[]string](b, flaws) {
						t.Errorf("%s %s: %s", s.name, theme, flaw)
					}
					if lang == "zh" && theme == "light" || p.name == "overview" {
						b.shot(fmt.Sprintf("%s%s-%s-%s-%s", prefix, p.name, s.name, theme, lang))
					}
				}
			}
			b.clean()
		})
	}
	t.Logf("%s: looked %d times in %v", lang, looked, time.Since(began).Round(time.Millisecond))
}

// spoilers are words that members could have put anywhere.
var spoilers = []string{
	`<script>window.pwned=1</script>`, `"><img src=x onerror="window.pwned=1">`, "'\u202eelpoep\u202c \u2066\u061c\u200f", `=HYPERLINK("http://evil.example","x")`,
	"\x1b[31mred\x1b[0m\x07", "👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈", "{{.Reader}} ${1} %s %00 \\u0000", "<!-- --><svg onload=window.pwned=1>", "a\r\nSet-Cookie: x=1\n\n\tb", "@SUM(1+1)*cmd|' /C calc'!A0",
	strings.Repeat("很长的名字", 2000), strings.Repeat("Wwwwwwwwww", 1000), "\ufeff\u0000\u0001",
}

// wordColumns are where words of people are kept, with the key by which a row is told from another.
var wordColumns = []string{
	"members.name", "stays.display", "groups.name", "transfer_texts.reason", "topic_topics.text", "topic_proposals.text", "topic_days.said", "shop_goods.name", "shop_goods.about",
	"shop_orders.note", "challenges.name", "challenges.about", "admissions.note", "admission_answers.answer", "admission_answers.question", "ambassadors.words", "ambassadors.note",
	"invite_cases.reason", "invite_cases.appeal", "tags.name", "budgets.name", "posts.text", "post_steps.note", "rules_versions.text", "withheld.preview", "freezes.reason", "outbox.reason",
	"badges.name",
}

// TestHostileWordsStayWords puts hostile words into every column that keeps words of people, and looks at every page,
// table and figure that they come out at.
func TestHostileWordsStayWords(t *testing.T) {
	b := openTab(t)
	d := seededDemo(t, t.TempDir(), demoNow)
	pile(t, d)
	soil(t, d)
	for _, o := range d.app.engine.Views(bot.Actor{Role: bot.Owner}) {
		page, err := d.app.engine.View(t.Context(), o.Name, bot.Query{At: d.clock.Now(), Limit: 1000, Actor: bot.Actor{Member: "m1", Role: bot.Owner, Language: "en"}})
		if err != nil {
			t.Fatal(err)
		}
		if data, err := page.JSON(); err != nil || !json.Valid(data) {
			t.Errorf("%s as JSON: %v", o.Name, err)
		}
		for _, table := range page.Tables {
			var out strings.Builder
			if err := table.CSV(&out); err != nil {
				t.Errorf("%s as CSV: %v", o.Name, err)
			}
			for line := range strings.Lines(out.String()) {
				if i := strings.IndexAny(strings.TrimPrefix(line, "\ufeff"), "=@"); i == 0 {
					t.Errorf("%s as CSV has a formula: %.80q", o.Name, line)
				}
			}
			if strings.Contains(out.String(), `,=HYPER`) || strings.Contains(out.String(), `,"=HYPER`) || strings.Contains(out.String(), ",@SUM") {
				t.Errorf("%s as CSV has a formula", o.Name)
			}
		}
	}
	walk(t, b, d, "zh", "hostile-")
}

// soil writes hostile words over those of people, each row's own.
func soil(t *testing.T, d *demo) {
	t.Helper()
	var missing []string
	err := d.app.engine.Do(t.Context(), func(ctx context.Context) error {
		for _, column := range wordColumns {
			table, name, _ := strings.Cut(column, ".")
			if !hasColumn(d, ctx, table, name) {
				missing = append(missing, column)
				continue
			}
			cases := ""
			var args []any
			for i, words := range spoilers {
				cases, args = cases+fmt.Sprintf(" WHEN %d THEN ?", i), append(args, strings.ReplaceAll(words, "\x00", ""))
			}
			// A number behind it keeps apart what must be different.
			statement := fmt.Sprintf(`UPDATE %s SET %s = CASE (rowid %% %d)%s END || CASE WHEN %s = '' THEN '' ELSE rowid END`, table, name, len(spoilers), cases, name)
			if !rowed(d, ctx, table) {
				statement = fmt.Sprintf(`UPDATE %s SET %s = CASE (LENGTH(%s) %% %d)%s END || %s`, table, name, name, len(spoilers), cases, name)
			}
			if err := d.app.db.Conn(ctx).Exec(statement, args...).Error; err != nil {
				return fmt.Errorf("%s: %w", column, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("there are no columns %v", missing)
	}
}

func hasColumn(d *demo, ctx context.Context, table, name string) bool { //nolint:revive // the kit comes first
	var names []string
	_ = d.app.db.Conn(ctx).Raw(`SELECT name FROM pragma_table_info(?)`, table).Scan(&names).Error
	return slices.Contains(names, name)
}

func rowed(d *demo, ctx context.Context, table string) bool { //nolint:revive // the kit comes first
	var n int
	_ = d.app.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM sqlite_master WHERE name = ? AND sql LIKE '%WITHOUT ROWID%'`, table).Scan(&n).Error
	return n == 0
}
