package challenge

import (
	"context"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

func (f *feature) proofListeners() []bot.Listener {
	return []bot.Listener{bot.On(f.hear, bot.Message), bot.On(f.recalled, bot.Recalled)}
}

// hear listens for check-ins that are no commands: pictures, hashtags (#早起 6点起床), and the name with 打卡 before or
// behind it. It is silent to whoever doesn't take part, and where the Day is checked in already.
func (f *feature) hear(ctx context.Context, r *bot.Request) error {
	if r.Actor.Member == "" || r.Actor.Bot {
		return nil
	}
	if taken, err := f.answered(ctx, r); taken || err != nil {
		return err
	}
	if !f.mayShow(r) {
		return nil
	}
	if done, err := f.explained(ctx, r); done || err != nil {
		return err
	}
	list, err := f.held(ctx, r)
	if err != nil || r.Form == bot.Image && len(list) == 0 {
		return err
	}
	if r.Form == bot.Image {
		return f.pictured(ctx, r, list)
	}
	if tags, words := tagged(list, r.Text); len(tags) > 0 {
		return f.heardAll(ctx, r, tags, shown{words: words})
	}
	return f.heardLate(ctx, r)
}

// heardLate tells who checks in without a command that the challenge they take part in has ended: on that Day only.
func (f *feature) heardLate(ctx context.Context, r *bot.Request) error {
	gone, err := f.ended(ctx, r)
	if err != nil {
		return err
	}
	tags, _ := tagged(gone, r.Text)
	tags = slices.DeleteFunc(tags, func(c *challenge) bool { return f.c.Calendar.Day(c.Ended) != f.c.Calendar.Day(r.At) })
	mine, err := f.mineOf(ctx, r, tags)
	if err != nil || len(mine) == 0 {
		return err
	}
	return r.Refuse("over", "Name", mine[0].Name)
}

// mayShow tells cheaply whether a message can be a check-in, or the line that was asked for.
func (f *feature) mayShow(r *bot.Request) bool {
	return r.Form == bot.Image || r.Form == bot.Text && (r.ToBot || r.Quote != nil || strings.ContainsAny(r.Text, "#＃") || strings.Contains(r.Text, "打卡") ||
		strings.HasPrefix(r.Text, "补充"))
}

// tagged finds the challenges that words without a command check in to, and the rest of them: several only by hashtags.
func tagged(list []*challenge, text string) (found []*challenge, words string) {
	text = strings.TrimSpace(text)
	if found, words = hashtags(list, text); len(found) > 0 {
		if !reports(words) {
			return nil, ""
		}
		return found, words
	}
	for _, c := range list {
		if rest, ok := cutName(text, c.Name); ok && !strings.HasPrefix(text, "#") {
			if after, ok := strings.CutPrefix(strings.TrimSpace(rest), "打卡"); ok && !asks(after) {
				return []*challenge{c}, strings.TrimSpace(after)
			}
		}
	}
	if after, ok := strings.CutPrefix(text, "打卡"); ok && !asks(after) {
		if c, words := named(list, after); c != nil {
			return []*challenge{c}, words
		}
	}
	return nil, ""
}

// asks tells whether words behind 打卡 are a question about it: 早起打卡了吗.
func asks(words string) bool {
	words = strings.TrimRight(words, " ~～!！。")
	for _, end := range []string{"?", "？", "吗", "呢", "没", "没有", "么"} {
		if strings.HasSuffix(words, end) {
			return true
		}
	}
	return false
}

// tags are the hashtags that check in, without #.
func (c *challenge) tags() []string {
	if c.Tag != "" && c.Tag != c.Name {
		return []string{c.Tag, c.Name}
	}
	return []string{c.Name}
}

// heard counts what was said without a command, where it can count.
func (f *feature) heard(ctx context.Context, r *bot.Request, c *challenge, s shown) error {
	mine, err := f.mineOf(ctx, r, []*challenge{c})
	if err != nil || len(mine) == 0 {
		return err
	}
	if s, err = f.paired(ctx, r, c, s); err != nil {
		return err
	}
	if at, before, err := f.moment(ctx, r, c, s); err != nil || before.kind(f.c.Calendar.Day(at)) == Done {
		return err
	}
	return f.count(ctx, r, c, s)
}

// pictured completes a check-in whose words wait for a picture, or keeps a picture for the words to come.
func (f *feature) pictured(ctx context.Context, r *bot.Request, list []*challenge) error {
	s := shown{media: r.Media}
	if s.media == "" {
		s.media = "seq/" + r.ID // the transport tells no digest: it is like no other
	}
	if tags, words := tagged(list, r.Text); len(tags) > 0 {
		s.words = words
		return f.heardAll(ctx, r, tags, s)
	}
	h, err := f.waiting(ctx, r)
	if err != nil {
		return err
	}
	for _, c := range list {
		if h.challenge == c.ID && h.media == "" {
			s.words, s.other, s.begun = h.words, h.seq, h.at
			return f.heard(ctx, r, c, s)
		}
	}
	mine, err := f.mineOf(ctx, r, wantPictures(list))
	if err != nil || len(mine) == 0 {
		return err
	}
	return f.wait(ctx, r, 0, s)
}

// wantPictures are the challenges that take pictures.
func wantPictures(list []*challenge) (some []*challenge) {
	for _, c := range list {
		if c.Proof == ProofPicture || c.Proof == ProofBoth {
			some = append(some, c)
		}
	}
	return some
}
