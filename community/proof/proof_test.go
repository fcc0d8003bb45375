package proof_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/proof"
	"github.com/weilu-im/weilu/community/wallet"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

func TestTranscripts(t *testing.T) { bottest.ReplayAll(t, build(t, "sqlite"), "testdata/*.chat") }

// TestSealedTranscripts plays on both engines what shows hashes, which are others each time.
func TestSealedTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/sealed/*.chat")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, dialect := range dbtest.Dialects {
		for _, file := range files {
			t.Run(dialect+"/"+filepath.Base(file), func(t *testing.T) {
				src, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				script, err := transcript.Parse(file, src)
				if err != nil {
					t.Fatal(err)
				}
				result, err := transcript.Run(t.Context(), script, build(t, dialect), transcript.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range result.Failures {
					t.Error(f)
				}
				for _, said := range result.Said {
					checkByHand(t, said.Text)
				}
			})
		}
	}
}

// proven finds in an answer what is to be hashed, and its hash.
var proven = regexp.MustCompile(`(?s)上一个哈希 (\w{64})\n这一个哈希 (\w{64})\n封存的内容：\n(.*)\n现在的根`)

// checkByHand does what the answer says.
func checkByHand(t *testing.T, answer string) {
	t.Helper()
	if m := proven.FindStringSubmatch(answer); m != nil {
		if hash := fmt.Sprintf("%x", sha256.Sum256([]byte(m[1]+"\n"+m[3]))); hash != m[2] {
			t.Errorf("the hash is %s: %s", hash, answer)
		}
	} else if strings.Contains(answer, "封号") {
		t.Errorf("can't be checked by hand: %s", answer)
	}
}

func build(t *testing.T, dialect string) transcript.Build {
	return communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		cfg := proof.Defaults()
		p.Section("proof", &cfg)
		return []bot.Feature{
			checkin.New(p.DB, p.Community, checkin.Defaults()),
			wallet.New(p.DB, p.Community, wallet.Defaults()),
			proof.New(p.DB, p.Community, cfg),
			sealer(p),
		}
	})
}

// sealer seals when somebody says 封存: a running bot does so every few seconds. The salts of a transcript's
// transfers are chance, and so are the hashes; what a hash looks like is the tests' of points.
func sealer(p *communitytest.Parts) bot.Feature {
	texts := fstest.MapFS{"zh.yaml": {Data: []byte("help: 封存")}, "en.yaml": {Data: []byte("help: seal")}}
	return bot.Feature{Name: "sealer", Locales: texts, Commands: []bot.Command{{
		Names: []string{"封存", "seal"}, Help: "help", Run: func(ctx context.Context, r *bot.Request) error {
			n, err := p.Ledger.Seal(ctx, 1000)
			r.Reply(fmt.Sprintf("封存了 %d 笔", n))
			return err
		},
	}}}
}
