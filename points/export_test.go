package points_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// exported is the whole ledger as it is exported.
func (b book) exported() string {
	b.Helper()
	var out bytes.Buffer
	if err := b.Export(b.ctx, &out); err != nil {
		b.Fatal(err)
	}
	return out.String()
}

// script runs docs/verify-ledger.py on an export. Where there is no Python it skips the test.
func (b book) script(ledger string, args ...string) (says string, holds bool) {
	b.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		b.Skip("no python3 in the path: docs/verify-ledger.py can't be run")
	}
	file := filepath.Join(b.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(file, []byte(ledger), 0o600); err != nil {
		b.Fatal(err)
	}
	out, err := exec.CommandContext(b.ctx, python, append([]string{"../docs/verify-ledger.py", file}, args...)...).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "DOES NOT HOLD") {
		b.Fatalf("the script itself failed: %v\n%s", err, out)
	}
	return string(out), err == nil
}

// busy fills the ledger with all that there can be, and seals all but the last transfer.
func (b book) busy() (sealed string) {
	b.fill(5)
	b.post(move("redeem/1", amy, points.Escrow("o1"), 20))
	b.post(points.Transfer{Key: "refund/1", From: points.Escrow("o1"), To: amy, Amount: 5, Reason: "半价 <&> \"引号\"\n换行", At: start})
	b.post(move("fulfil/1", points.Escrow("o1"), points.Burned, 15))
	b.post(move("fund/1", points.Issued, points.Budget("spring"), 100), move("won/1", points.Budget("spring"), bob, 30))
	b.post(move("close/1", points.Budget("spring"), points.Issued, 70))
	b.post(move("rob/1", bob, points.Burned, 25))
	b.reverse("won/1", undo("undo/won/1")) // 5 at once, 25 as a debt
	b.post(move("again/1/earned", points.Issued, bob, 10))
	if _, err := b.EraseTexts(b.ctx, bob); err != nil {
		b.Fatal(err)
	}
	b.seal()
	sealed = b.rootHash()
	b.post(move("late", points.Issued, amy, 1))
	return sealed
}

func TestExportHasWhatTheChainCovers(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		root := b.busy()
		lines := strings.Split(strings.TrimSpace(b.exported()), "\n")
		report := b.verify(root)
		want := fmt.Sprintf(`{"format":"weilu-ledger","version":1,"genesis":"%s","root":"%s","transfers":%d,"sealed":%d}`,
			points.Genesis, root, report.Transfers, report.Sealed)
		if lines[0] != want || int64(len(lines)) != report.Transfers+1 {
			t.Fatalf("%d lines after %s, want %d after %s", len(lines)-1, lines[0], report.Transfers, want)
		}
		for i, line := range lines[1:] {
			var e struct {
				Seq, ID      int64
				Key, Hash    string
				Salt, Reason *string
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			proof, err := b.Prove(b.ctx, e.ID)
			if err != nil || proof.Seq != e.Seq || proof.Hash != e.Hash {
				t.Errorf("%s: proven %+v, %v", line, proof, err)
			}
			if last := e.Key == "late"; last != (e.Seq == 0) || !last && e.Seq != int64(i+1) {
				t.Errorf("line %d is %s", i, line)
			}
			if erased := e.Key == "won/1" || e.Key == "rob/1"; erased && (e.Salt != nil || e.Reason != nil) || e.Key == "late" && *e.Reason != "because of late" {
				t.Errorf("salt and reason of %s", line)
			}
		}
	})
}

func TestScriptAgreesWithVerify(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		early := b.rootHash()
		b.fill(3)
		b.seal()
		middle := b.rootHash()
		root := b.busy()
		b.whole()
		ledger := b.exported()
		for _, published := range []string{early, middle, root, strings.ToUpper(root)} {
			if says, holds := b.script(ledger, "--root", published); !holds || !strings.Contains(says, root) {
				t.Errorf("with root %s: %s", published, says)
			}
		}
		if says, holds := b.script(ledger); !holds {
			t.Error(says)
		}
	})
}

func TestScriptFindsWhatWasChanged(t *testing.T) {
	b := open(t, dbtest.Open(t, "sqlite", owners))
	root := b.busy()
	ledger := b.exported()
	lines := strings.SplitAfter(strings.TrimSpace(ledger), "\n")
	sealed := len(lines) - 2
	cut := strings.Join(lines[1:sealed], "")
	proof, err := b.Prove(b.ctx, int64(sealed-1))
	if err != nil {
		t.Fatal(err)
	}
	head := fmt.Sprintf(`{"format":"weilu-ledger","version":1,"genesis":"","root":"%s","transfers":%d,"sealed":%d}`+"\n", proof.Hash, sealed-1, sealed-1)
	for _, c := range []struct{ name, ledger, says string }{
		{"an amount has another digit", strings.Replace(ledger, `"amount":20`, `"amount":21`, 1), "does not match its seal"},
		{"an account has another letter", strings.Replace(ledger, `"to":"member:amy"`, `"to":"member:any"`, 1), "does not match its seal"},
		{"a reason has another letter", strings.Replace(ledger, "半价", "全价", 1), "the reason does not match"},
		{"a hash has another digit", strings.Replace(ledger, `"hash":"`, `"hash":"x`, 1), "does not match its seal"},
		{"a line in the middle is gone", strings.Join(append(append([]string{}, lines[:4]...), lines[5:]...), ""), "seal 5 after 3"},
		{"the last line is gone", strings.Join(lines[:len(lines)-1], ""), "lines are missing"},
		{"an unsealed transfer takes too much", strings.Join(lines[:len(lines)-1], "") +
			strings.NewReplacer(`"from":"issued"`, `"from":"member:amy"`, `"to":"member:amy"`, `"to":"burned"`, `"amount":1,`, `"amount":999,`).Replace(lines[len(lines)-1]), "below zero"},
		{"the tail is cut and the head agrees", head + cut, "cut or rewritten"},
		{"it is something else", "{}\n", "no ledger"},
		{"it is empty", "", "no ledger"},
	} {
		if says, holds := b.script(c.ledger, "--root", root); holds || !strings.Contains(says, c.says) {
			t.Errorf("%s: %s", c.name, says)
		}
	}
	if says, holds := b.script(head + cut); !holds {
		t.Errorf("a cut tail can't be seen without a root, yet: %s", says)
	}
}
