package community_test

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestConfirmationCodes(t *testing.T) {
	type try struct {
		member, chat, code string
		after              time.Duration
		verdict            string
	}
	for _, c := range []struct {
		name  string
		tries []try
	}{
		{"the right code runs the command once", []try{
			{"m1", "g1", "4831", time.Minute, ""}, {"m1", "g1", "4831", time.Minute, "confirm.none"}}},
		{"a code is good until ten minutes have passed", []try{{"m1", "g1", "4831", 10 * time.Minute, ""}}},
		{"an expired code is gone", []try{
			{"m1", "g1", "4831", 10*time.Minute + time.Second, "confirm.expired"}, {"m1", "g1", "4831", 0, "confirm.none"}}},
		{"somebody else can't use it", []try{
			{"m2", "g1", "4831", time.Minute, "confirm.none"}, {"m1", "g1", "4831", time.Minute, ""}}},
		{"another group can't use it", []try{
			{"m1", "g2", "4831", time.Minute, "confirm.none"}, {"m1", "", "4831", time.Minute, "confirm.none"}, {"m1", "g1", "4831", time.Minute, ""}}},
		{"two wrong codes are forgiven", []try{
			{"m1", "g1", "0000", 0, "confirm.wrong"}, {"m1", "g1", "0001", 0, "confirm.wrong"}, {"m1", "g1", "4831", 0, ""}}},
		{"three wrong codes drop the question", []try{
			{"m1", "g1", "0000", 0, "confirm.wrong"}, {"m1", "g1", "0001", 0, "confirm.wrong"},
			{"m1", "g1", "0002", 0, "confirm.dropped"}, {"m1", "g1", "4831", 0, "confirm.none"}}},
		{"what is no code is not counted", []try{
			{"m1", "g1", "", 0, "confirm.no_code"}, {"m1", "g1", "一下", 0, "confirm.no_code"}, {"m1", "g1", "48310", 0, "confirm.no_code"},
			{"m1", "g1", "4831", 0, ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, db bot.Storage) {
				within(t, db, func(ctx context.Context) {
					cs := community.NewConfirmations(db)
					if err := cs.Put(ctx, "m1", "g1", "4831", "清空积分", noon); err != nil {
						t.Fatal(err)
					}
					for i, try := range c.tries {
						text, verdict, err := cs.Take(ctx, try.member, try.chat, try.code, noon.Add(try.after))
						if err != nil {
							t.Fatal(err)
						}
						if verdict != try.verdict || (verdict == "") != (text == "清空积分") {
							t.Errorf("try %d: %q, %q; want %q", i, text, verdict, try.verdict)
						}
					}
				})
			})
		})
	}
}

func TestANewerQuestionReplacesAnOlderOne(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			cs := community.NewConfirmations(db)
			if err := cs.Put(ctx, "m1", "g1", "1111", "旧", noon); err != nil {
				t.Fatal(err)
			}
			if _, verdict, err := cs.Take(ctx, "m1", "g1", "0000", noon); verdict != "confirm.wrong" || err != nil {
				t.Fatal(verdict, err)
			}
			if err := cs.Put(ctx, "m1", "g1", "2222", "新", noon.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			for _, code := range []string{"1111", "0000"} { // the old mistake is forgotten, so two more are forgiven
				if _, verdict, err := cs.Take(ctx, "m1", "g1", code, noon); verdict != "confirm.wrong" || err != nil {
					t.Errorf("%s: %q, %v", code, verdict, err)
				}
			}
			if text, verdict, err := cs.Take(ctx, "m1", "g1", "2222", noon); text != "新" || verdict != "" || err != nil {
				t.Errorf("%q, %q, %v", text, verdict, err)
			}
		})
	})
}

func TestAskLetsAConfirmedCommandThrough(t *testing.T) {
	cs := community.NewConfirmations(nil)
	if ok, err := cs.Ask(t.Context(), &bot.Request{Confirmed: true}, "预览"); !ok || err != nil {
		t.Errorf("Ask = %v, %v", ok, err)
	}
	if ok, err := cs.Ask(t.Context(), &bot.Request{}, "预览"); ok || err == nil {
		t.Errorf("nobody was asked: Ask = %v, %v", ok, err)
	}
}
