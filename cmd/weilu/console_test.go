package main

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
	"time"
)

var loginLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/login/[A-Z0-9]{26}`)

// press opens a link and presses its button, and answers what is shown then.
func press(t *testing.T, link string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestTheConsoleBesideARunningBot logs in by the links of login-link and of the start, on a port that was free.
func TestTheConsoleBesideARunningBot(t *testing.T) {
	data := t.TempDir()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:8738")
	if err == nil {
		defer taken.Close()
	} // otherwise somebody else has it, which is as good
	c := withOwner(t, data)
	c.tell("u1", "大家好", "name", "小明")
	out, errs, code := weilu(t, "", "login-link", "--data", data)
	if code != 0 {
		t.Fatalf("login-link: exit %d: %s", code, errs)
	}
	link := loginLink.FindString(out)
	if page := press(t, link); !strings.Contains(page, "老王") || !strings.Contains(page, "jsonl") {
		t.Errorf("%q leads to %s", out, page)
	}
	if page := press(t, link); !strings.Contains(page, "这个链接不能用") {
		t.Errorf("twice: %s", page)
	}
	where, _, _ := strings.Cut(link, "/login/") // the events of this chat are too old for the link itself
	if said := c.say("boss", "后台", "private", true); !strings.HasPrefix(loginLink.FindString(said.Say), where+"/login/") {
		t.Errorf("后台: %q, the console is at %s", said.Say, where)
	}
	if _, errs, code := weilu(t, "", "login-link", "--member", "m2", "--data", data); code != 2 || !strings.Contains(errs, "m2 is a member") {
		t.Errorf("a link for a member: exit %d: %s", code, errs)
	}
	if _, errs, code := weilu(t, "", "login-link", "--member", "m99", "--data", data); code != 2 || !strings.Contains(errs, "no member m99") {
		t.Errorf("a link for nobody: exit %d: %s", code, errs)
	}
	c.finish()

	again := startBot(t, data)
	printed := ""
	again.errs.wait(t, "a link for the owner", func(all []string) bool {
		printed = loginLink.FindString(strings.Join(all, "\n"))
		return printed != ""
	})
	if page := press(t, printed); !strings.Contains(page, "老王") {
		t.Errorf("the printed link %q leads to %s", printed, page)
	}
	again.finish()
}

func TestATakenAddressThatWasChosenIsToldAndNothingRuns(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, errs, code := weilu(t, "", "run", "--transport", "jsonl", "--data", t.TempDir(), "--set", "console.listen="+taken.Addr().String())
	if code != 1 || !strings.Contains(errs, "console.listen: "+taken.Addr().String()+" can't be listened on") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if _, errs, code := weilu(t, "", "run", "--transport", "jsonl", "--data", t.TempDir(), "--set", "console.listen="); code != 0 || strings.Contains(errs, "console") {
		t.Errorf("without a console: exit %d: %s", code, errs)
	}
}

// TestTheDemosConsole comes in without a link, as the owner of the story.
func TestTheDemosConsole(t *testing.T) {
	d := seededDemo(t, t.TempDir(), time.Now())
	page := serveDemo(t, d)
	if text := page.get("/"); !strings.Contains(text, `href="console/visit"`) {
		t.Error("the playground does not lead to the console")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page.url+"/console/visit", nil)
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	resp, err := (&http.Client{Jar: jar}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(text), "林岚") || !strings.Contains(string(text), `href="/console/commands"`) {
		t.Errorf("%v: %s", err, text)
	}
}
