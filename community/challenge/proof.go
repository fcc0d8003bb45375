package challenge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// together is how far apart the picture and the words of one check-in may be.
const together = 10 * time.Minute

// printLeast is how many characters words need to be compared with others: short ones are often the same.
const printLeast = 8

// shown is what somebody shows for a check-in.
type shown struct {
	words string
	media string    // digest of the picture; empty: there is none
	other int64     // Seq of the half that came before
	begun time.Time // when that came; zero: there is none
}

// print is a digest by which the same words are known again; empty where they are too short to tell.
func (s shown) print() string {
	words := strings.Join(strings.Fields(bot.Fold(s.words)), "")
	if utf8.RuneCountInString(words) < printLeast {
		return ""
	}
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:8])
}

// lacks is the key of what is still missing; empty: nothing.
func (p Proof) lacks(s shown) string {
	words, picture := strings.TrimSpace(s.words) != "", s.media != ""
	switch {
	case (p == ProofPicture || p == ProofBoth) && !picture:
		return "done.picture"
	case (p == ProofText || p == ProofBoth) && !words:
		return "done.words"
	}
	return ""
}

// half is a part of a check-in that waits for the other one.
type half struct {
	challenge int64 // 0: a picture that may be for any
	shown
	seq int64
	at  time.Time
}

// waiting is the half that somebody left in a chat a moment ago.
func (f *feature) waiting(ctx context.Context, r *bot.Request) (h half, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var at int64
		err := scan(&h.challenge, &h.words, &h.media, &h.seq, &at)
		h.at = bot.FromMillis(at)
		return err
	}, `SELECT challenge_id, words, media, seq, at FROM challenge_halves WHERE member_id = ? AND group_id = ? AND at > ?`,
		r.Actor.Origin, r.Actor.Group, r.At.Add(-together).UnixMilli())
	if err != nil {
		return h, fmt.Errorf("half of a check-in: %w", err)
	}
	return h, nil
}

// wait keeps a half. A new one takes the place of what was there.
func (f *feature) wait(ctx context.Context, r *bot.Request, id int64, s shown) error {
	_, err := f.db.Exec(ctx, `INSERT INTO challenge_halves (member_id, group_id, challenge_id, words, media, seq, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (member_id, group_id) DO UPDATE SET challenge_id = excluded.challenge_id, words = excluded.words, media = excluded.media,
		seq = excluded.seq, at = excluded.at`, r.Actor.Origin, r.Actor.Group, id, community.Shorten(s.words, wordsKept), s.media, r.Seq, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("half of a check-in: %w", err)
	}
	return nil
}

// wordsKept is how many characters of words wait for their picture.
const wordsKept = 200

func (f *feature) forgetHalf(ctx context.Context, r *bot.Request) error {
	_, err := f.db.Exec(ctx, `DELETE FROM challenge_halves WHERE member_id = ? AND group_id = ? OR at < ?`, r.Actor.Origin, r.Actor.Group, r.At.Add(-24*time.Hour).UnixMilli())
	return err
}

// paired completes what is shown with the picture or the words from a moment ago.
func (f *feature) paired(ctx context.Context, r *bot.Request, c *challenge, s shown) (shown, error) {
	if c.Proof != ProofPicture && c.Proof != ProofBoth {
		return s, nil
	}
	h, err := f.waiting(ctx, r)
	if err != nil {
		return s, err
	}
	if s.media == "" && h.media != "" {
		s.media, s.other, s.begun = h.media, h.seq, h.at
	}
	if s.words == "" && h.words != "" && h.challenge == c.ID {
		s.words, s.other, s.begun = h.words, h.seq, h.at
	}
	return s, nil
}

// prove tells whether a proof is whole. One that still lacks something waits for its picture, or is refused with what is
// missing.
func (f *feature) prove(ctx context.Context, r *bot.Request, c *challenge, s shown) (bool, error) {
	switch lacks := c.Proof.lacks(s); lacks {
	case "":
		return true, f.forgetHalf(ctx, r)
	case "done.picture":
		r.Reply(r.T(lacks, "Name", r.Actor.Name, "Challenge", c.Name))
		return false, f.wait(ctx, r, c.ID, s)
	default:
		return false, r.Refuse(lacks, "Challenge", c.Name)
	}
}
