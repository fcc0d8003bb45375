package points_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weilu-im/weilu/points"
)

// fill posts and seals n earnings of amy and returns their ids.
func (b book) fill(n int) (ids []int64) {
	b.Helper()
	for i := range n {
		ids = append(ids, b.post(move(fmt.Sprint("earn ", i), points.Issued, amy, 10))[0].ID)
	}
	b.seal()
	return ids
}

func (b book) rootHash() string {
	b.Helper()
	_, hash, err := b.Root(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	return hash
}

func TestSealInParts(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		if seq, hash, err := b.Root(b.ctx); seq != 0 || hash != points.Genesis || err != nil {
			t.Fatal(seq, hash, err)
		}
		for i := range 150 {
			b.post(move(fmt.Sprint(i), points.Issued, amy, 1))
		}
		for _, want := range []int{70, 70, 10, 0} {
			if n, err := b.Seal(b.ctx, 70); n != want || err != nil {
				t.Fatalf("sealed %d, %v, want %d", n, err, want)
			}
		}
		b.post(move("late", points.Issued, amy, 1))
		if report := b.verify(""); !report.OK || report.Unsealed != 1 || report.Transfers != 151 || report.Sealed != 150 {
			t.Fatalf("%+v", report)
		}
		b.seal()
		if report := b.verify(b.rootHash()); !report.OK || report.Sealed != 151 || report.Root != b.rootHash() {
			t.Fatalf("%+v", report)
		}
	})
}

// TestChainAsDocumented recomputes the chain from nothing but the documentation.
func TestChainAsDocumented(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.fill(3)
		b.reverse("earn 1", undo("undo"))
		b.seal()
		type line struct {
			ID, Amount, At, Cause, Kind      int64
			Key, Debit, Credit, Digest, Hash string
			Salt                             []byte
			Reason                           string
		}
		var lines []line
		err := b.db.Conn(b.ctx).Raw(`SELECT t.*, COALESCE(t.cause, 0) AS cause, s.hash, x.salt, x.reason FROM seals s
JOIN transfers t ON t.id = s.transfer_id JOIN transfer_texts x ON x.transfer_id = t.id ORDER BY s.seq`).Scan(&lines).Error
		if err != nil || len(lines) != 4 {
			t.Fatal(lines, err)
		}
		prev := strings.Repeat("0", 64)
		for _, l := range lines {
			text := fmt.Sprintf("%s%d:%s,", l.Salt, len(l.Reason), l.Reason)
			if want := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); l.Digest != want {
				t.Fatalf("transfer %d has the digest %s, want %s", l.ID, l.Digest, want)
			}
			fields := []any{prev, l.ID, l.Key, l.Debit, l.Credit, l.Amount, l.At, l.Cause, l.Kind, l.Digest}
			words := make([]string, len(fields))
			for i, f := range fields {
				words[i] = fmt.Sprint(f)
			}
			prev = fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(words, "\n"))))
			if prev != l.Hash {
				t.Fatalf("transfer %d has the hash %s, want %s", l.ID, l.Hash, prev)
			}
		}
	})
}

func TestProve(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		ids := b.fill(2)
		for i, id := range ids {
			p, err := b.Prove(b.ctx, id)
			if err != nil || p.Seq != int64(i+1) {
				t.Fatalf("%+v, %v", p, err)
			}
			if got := fmt.Sprintf("%x", sha256.Sum256([]byte(p.Previous+"\n"+p.Row))); got != p.Hash {
				t.Fatalf("the proof of %d gives %s, want %s", id, got, p.Hash)
			}
		}
		if _, err := b.Prove(b.ctx, 999); err == nil {
			t.Fatal("proved a transfer that is not there")
		}
	})
}

func TestSealFindsWhatBecomesVisibleLate(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		if b.db.Dialect() != "postgres" {
			t.Skip("SQLite has one writer")
		}
		posted, finish := make(chan struct{}), make(chan struct{})
		done := make(chan error)
		go func() {
			done <- b.db.Tx(b.ctx, func(ctx context.Context) error {
				_, err := b.Post(ctx, move("slow", points.Issued, amy, 1))
				close(posted)
				<-finish
				return err
			})
		}()
		<-posted
		for i := range 5 {
			b.post(move(fmt.Sprint("fast ", i), points.Issued, bob, 1))
			if n, err := b.Seal(b.ctx, 1+i%2); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		close(finish)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		b.post(move("after", points.Issued, bob, 1))
		b.seal()
		b.seal()
		if report := b.verify(""); !report.OK || report.Unsealed != 0 || report.Sealed != 7 {
			t.Fatalf("%+v", report)
		}
	})
}

func TestSealersBesideEachOtherSealOnce(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		for i := range 100 {
			b.post(move(fmt.Sprint(i), points.Issued, amy, 1))
		}
		var sealed atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					n, err := b.Seal(b.ctx, 7)
					if err != nil {
						t.Error(err)
					}
					sealed.Add(int64(n))
				}
			})
		}
		wg.Wait()
		if report := b.verify(""); !report.OK || report.Sealed != 100 || sealed.Load() != 100 {
			t.Fatalf("sealed %d, %+v", sealed.Load(), report)
		}
	})
}
