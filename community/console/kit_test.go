package console_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// house is a community with a console before it.
type house struct {
	t      *testing.T
	db     *database.DB
	c      *community.Community
	engine *bot.Engine
	ledger *points.Ledger

	mu   sync.Mutex // guards what follows
	now  time.Time  // the community's time
	wall time.Time  // real time

	opts  console.Options
	pages *console.Console
	srv   *httptest.Server
}

// noon is noon of 2026-11-02 in Shanghai.
var noon = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// The people: m1 is the owner, m2 a manager, m3 a moderator, the others are members.
var people = []string{"林岚", "阿北", "小周", "小明", "小红", "小红", `<img src=x onerror=alert(1)>`, "Cathy"}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) realTime() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wall
}

// later lets time pass, in the community and outside.
func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now, h.wall = h.now.Add(d), h.wall.Add(d)
}

// each runs fn in a house on each database.
func each(t *testing.T, fn func(h *house)) {
	t.Helper()
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(build(t, dialect, nil)) })
	}
}

func build(t *testing.T, dialect string, change func(*console.Options)) *house {
	t.Helper()
	h := &house{t: t, db: dbtest.Open(t, dialect, nil), now: noon, wall: time.Now()}
	zone := time.FixedZone("CST", 8*3600)
	h.ledger = points.New(h.db.Conn, h.db.Tx)
	var err error
	h.c, err = community.New(community.Options{Storage: h.db, Calendar: community.NewCalendar(zone, 4*time.Hour), Ledger: h.ledger, Words: community.DefaultWords(), Language: "zh"})
	h.must(err)
	features := []bot.Feature{wallet.New(h.db, h.c, wallet.Defaults()), h.showcase(), console.Feature(h.db, h.c, &console.Config{Listen: console.DefaultListen, URL: console.Address(console.DefaultListen)}), h.c.Feature()}
	h.must(h.c.Undo.Build())
	owners := []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "points", List: points.Migrations()}}
	for _, f := range features {
		if len(f.Migrations) > 0 {
			owners = append(owners, database.Owner{Name: f.Name, List: f.Migrations})
		}
	}
	h.must(database.Migrate(t.Context(), h.db, owners...))
	secret := []byte("secret")
	h.engine, err = bot.New(bot.Options{Storage: h.db, Features: features, Observe: h.c.Observe, Resolve: h.c.Resolve, Reachable: h.c.Reachable,
		Next: schedule.Next(zone), Language: "zh", Secret: &secret})
	h.must(err)
	h.must(h.engine.Start(t.Context(), noon))
	var said []bot.Event
	for i, name := range people {
		who := bot.Person{User: bot.UserID(fmt.Sprint("u", i)), Name: name, Stable: true}
		said = append(said, bot.Event{ID: fmt.Sprint("hello", i), Kind: bot.Message, Form: bot.Text, At: noon, Transport: "jsonl", Private: true, From: who, Text: "你好"})
	}
	h.must(h.engine.Deliver(t.Context(), said))
	h.must(h.engine.Do(t.Context(), func(ctx context.Context) error {
		for i, id := range []community.MemberID{"m1", "m2", "m3"} {
			if err := h.c.Appoint(ctx, id, bot.Owner-bot.Role(i)); err != nil {
				return err
			}
		}
		return nil
	}))
	h.opts = console.Options{Engine: h.engine, Storage: h.db, Clock: h.clock, Wall: h.realTime, Calendar: h.c.Calendar, Name: "半山壶", Language: "zh",
		ReadTable: func(r io.Reader) ([][]string, error) { return csv.NewReader(r).ReadAll() }}
	if change != nil {
		change(&h.opts)
	}
	h.open()
	return h
}

// open begins to serve; again, as after a restart.
func (h *house) open() {
	if h.srv != nil {
		h.srv.Close()
	}
	h.pages = console.New(h.opts)
	h.srv = httptest.NewServer(h.pages.Handler())
	h.t.Cleanup(h.srv.Close)
	h.t.Cleanup(h.pages.Close)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) link(member community.MemberID) string {
	h.t.Helper()
	token, err := console.NewLink(h.t.Context(), h.db, member, h.clock())
	h.must(err)
	return token
}

// visitor is a browser without a screen.
type visitor struct {
	h      *house
	client *http.Client
}

func (h *house) stranger() *visitor {
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &visitor{h, &http.Client{Jar: jar}}
}

// as is a browser in which a member is logged in.
func (h *house) as(member community.MemberID) *visitor {
	h.t.Helper()
	v := h.stranger()
	if status, body := v.post("/login/"+h.link(member), nil); status != http.StatusOK || !strings.Contains(body, string(member)) {
		h.t.Fatalf("login of %s: %d %s", member, status, body)
	}
	return v
}

func (v *visitor) get(path string) (int, string) {
	v.h.t.Helper()
	return v.do(http.MethodGet, path, "", nil)
}

// post sends a form, with a token of its own where it names none.
func (v *visitor) post(path string, values url.Values) (int, string) {
	v.h.t.Helper()
	return v.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

func (v *visitor) do(method, path, kind string, body io.Reader) (int, string) {
	v.h.t.Helper()
	req, err := http.NewRequestWithContext(v.h.t.Context(), method, v.h.srv.URL+path, body)
	v.h.must(err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	return v.send(req)
}

func (v *visitor) send(req *http.Request) (int, string) {
	v.h.t.Helper()
	resp, err := v.client.Do(req)
	v.h.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	v.h.must(err)
	return resp.StatusCode, string(text)
}

var tokens = regexp.MustCompile(`name="token" value="([A-Z0-9]+)"`)

// run gives a command in a page and answers what the page then shows.
func (v *visitor) run(values url.Values) (int, string) {
	v.h.t.Helper()
	if values.Get("token") == "" {
		_, page := v.get("/commands")
		m := tokens.FindStringSubmatch(page)
		if m == nil {
			v.h.t.Fatal("the page of commands has no token: ", page)
		}
		values.Set("token", m[1])
	}
	return v.post("/do", values)
}

func (h *house) balance(member community.MemberID) int64 {
	h.t.Helper()
	n, _, err := h.c.Purse.Worth(h.t.Context(), member)
	h.must(err)
	return n
}

func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the page lacks %q:\n%s", w, text)
		}
	}
}

func lacks(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("the page has %q:\n%s", w, text)
		}
	}
}

// texts are those of the showcase.
var texts = fstest.MapFS{
	"zh.yaml": {Data: []byte("feature: 商店\nhelp: 试一试\ngoods: 商品\nmember: 一位成员\nsearch: 找\nwho: 成员\nperiod: 时间\nperiod.week: 本周\nperiod.month: 本月\nmonth: 月份\nday: 日期\nempty: 空空\nusage.restock: 编号 数量\nusage.import: 文件\n")},
	"en.yaml": {Data: []byte("feature: Shop\nhelp: try it\ngoods: Goods\nmember: A member\nsearch: Search\nwho: Member\nperiod: Period\nperiod.week: This week\nperiod.month: This month\nmonth: Month\nday: Day\nempty: none\nusage.restock: id amount\nusage.import: file\n")},
}
