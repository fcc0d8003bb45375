package playground_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/playground"
)

func table(t *testing.T) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile("web/texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestBothLanguagesHaveTheSameTextsWithTheSamePlaces(t *testing.T) {
	texts := table(t)
	zh, en := slices.Sorted(maps.Keys(texts["zh"])), slices.Sorted(maps.Keys(texts["en"]))
	if !slices.Equal(zh, en) {
		t.Errorf("zh has %d texts, en %d", len(zh), len(en))
	}
	place := regexp.MustCompile(`\{\w+\}`)
	for key, text := range texts["zh"] {
		a, b := place.FindAllString(text, -1), place.FindAllString(texts["en"][key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q have other places", key, text, texts["en"][key])
		}
	}
}

func TestEveryTextIsUsedAndEveryUsedTextExists(t *testing.T) {
	known := table(t)["zh"]
	used := map[string]bool{}
	var all strings.Builder
	calls := regexp.MustCompile(`\bt\('([\w.]+)'|\.T "([\w.]+)"|'((?:log|clock|complete|composer|who|line)\.[\w.]+)'|, "(\w+)"\}`)
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".json") {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		for _, m := range calls.FindAllStringSubmatch(string(data), -1) {
			key := m[1] + m[2] + m[3]
			if m[4] != "" && path == "errors.go" {
				key = "error." + m[4]
			}
			if key != "" && !strings.HasSuffix(key, ".") {
				used[key] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range used {
		if _, ok := known[key]; !ok {
			t.Errorf("no text for %q", key)
		}
	}
	for key := range known {
		if !used[key] && !strings.HasPrefix(key, "role.") && !strings.HasPrefix(key, "week.") && !strings.Contains(all.String(), "'"+key+"'") {
			t.Errorf("nobody uses %q", key)
		}
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	s := serve(t, playground.New(playground.Options{}))
	for _, c := range []struct{ path, accept, want string }{
		{"/", "", `lang="zh-CN"`}, {"/", "zh-CN,en;q=0.5", `lang="zh-CN"`}, {"/", "en-GB,zh;q=0.5", `lang="en"`},
		{"/?lang=en", "zh-CN", `lang="en"`}, {"/?lang=zh", "en", `lang="zh-CN"`}, {"/?lang=xx", "", `lang="zh-CN"`},
	} {
		req := s.request("GET", c.path, nil)
		req.Header.Set("Accept-Language", c.accept)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(body), c.want) {
			t.Errorf("%+v: %.80s", c, body)
		}
	}
}
