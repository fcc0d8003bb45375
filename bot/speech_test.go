package bot_test

import (
	"testing"
	"testing/fstest"

	"github.com/weilu-im/weilu/bot"
)

// A feature may be called like the beginning of another one's keys.
func TestTextsOfFeaturesAreKeptApart(t *testing.T) {
	texts := func(src string) fstest.MapFS {
		return fstest.MapFS{"zh.yaml": {Data: []byte(src)}, "en.yaml": {Data: []byte(src)}}
	}
	for name, features := range map[string][]bot.Feature{
		"the shorter one first": {{Name: "path", Locales: texts("done: mine")}, {Name: "other", Locales: texts("path.done: theirs")}},
		"the longer one first":  {{Name: "other", Locales: texts("path.done: theirs")}, {Name: "path", Locales: texts("done: mine")}},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, options(&storage{}, features...))
			if got := e.Text("zh", "path", "done") + " " + e.Text("en", "other", "path.done"); got != "mine theirs" {
				t.Errorf("said %q", got)
			}
		})
	}
}
