package community

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// pendingLines is how many people one page of 待认领 shows.
const pendingLines = 8

// Pending is somebody who waits to be recognised.
type Pending struct {
	Member     MemberID
	Name       string
	Groups     []string // what the groups are called where they are
	Since      time.Time
	Messages   int
	Points     int64
	Candidates []Candidate
}

// Candidate is whom somebody could be, and why.
type Candidate struct {
	Member   MemberID
	Name     string
	Evidence string
}

// Pending lists a page of those who wait to be recognised, the longest waiting first, and tells how many there are.
func (c *Community) Pending(ctx context.Context, skip, limit int) (list []Pending, total int, err error) {
	rows, total, err := c.whoWaits(ctx, skip, limit)
	if err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		p := Pending{Member: MemberID(row.ID), Name: row.Name, Since: bot.FromMillis(row.Provisional)}
		if err := c.pendingDetails(ctx, &p); err != nil {
			return nil, 0, fmt.Errorf("who waits: %s: %w", row.ID, err)
		}
		list = append(list, p)
	}
	return list, total, nil
}

func (c *Community) pendingDetails(ctx context.Context, p *Pending) (err error) {
	conn := c.db.Conn(ctx)
	if p.Messages, _, _, err = c.spoke(ctx, p.Member); err != nil {
		return err
	}
	if p.Points, _, err = c.Purse.Worth(ctx, p.Member); err != nil {
		return err
	}
	if err := conn.Raw(`SELECT g.name FROM stays s JOIN groups g ON g.id = s.group_id WHERE s.member_id = ? AND s.left_at = 0 ORDER BY s.joined_at`,
		string(p.Member)).Scan(&p.Groups).Error; err != nil {
		return err
	}
	var found []struct{ CandidateID, Evidence string }
	if err := conn.Raw(`SELECT n.candidate_id, n.evidence FROM candidates n WHERE n.member_id = ? AND `+unfound+`
		ORDER BY LENGTH(n.candidate_id), n.candidate_id`, string(p.Member)).Scan(&found).Error; err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b struct{ CandidateID, Evidence string }) int { return weigh(b.Evidence) - weigh(a.Evidence) })
	for _, f := range found {
		who, err := c.Person(ctx, MemberID(f.CandidateID))
		if err != nil {
			return err
		}
		p.Candidates = append(p.Candidates, Candidate{who.ID, who.Name, f.Evidence})
	}
	return nil
}

// unfound is the condition that a candidate n was not found in this login: who was is somebody else.
const unfound = `NOT EXISTS (SELECT 1 FROM bindings c LEFT JOIN aliases a ON a.alias = c.member_id WHERE c.session <> '' AND ` + live + `
	AND COALESCE(a.member_id, c.member_id) = COALESCE((SELECT member_id FROM aliases WHERE alias = n.candidate_id), n.candidate_id))`

// evidences are the words of stored evidence that a catalogue has.
var evidences = []string{"remark", "tag", "display", "nick", "avatar", "called", "attr", "missing"}

// weigh is how much stored evidence speaks for somebody: as much as when it was found.
func weigh(stored string) (n int) {
	weights := map[string]int{"missing": 0, "attr": 1, "called": 2, "display": 3, "nick": 3, "avatar": 3}
	for _, word := range strings.Fields(stored) {
		if w, ok := weights[word]; ok {
			n += w
		} else {
			n += 4 // remark, tag, and the rules
		}
	}
	return n
}

// evidenceIn tells stored evidence in the reader's language, with the texts that t gives.
func evidenceIn(t func(key string, kv ...any) string, stored string) string {
	words := strings.Fields(stored)
	for i, w := range words {
		if slices.Contains(evidences, w) {
			words[i] = t("evidence." + w)
		}
	}
	return strings.Join(words, t("evidence.comma"))
}

// pending whispers who waits to be recognised, with the commands that say who they are.
func (c *Community) pending(ctx context.Context, r *bot.Request) error {
	page, err := strconv.Atoi(bot.Fold(r.Args))
	if err != nil || page < 1 {
		page = 1
	}
	list, total, err := c.Pending(ctx, (page-1)*pendingLines, pendingLines)
	if err != nil {
		return err
	}
	others, err := c.pendingOthers(ctx, r, page == 1)
	if err != nil {
		return err
	}
	if len(list) == 0 && total > 0 {
		return r.Refuse("pending.no_page", "Page", page, "Pages", (total+pendingLines-1)/pendingLines)
	}
	if len(list) == 0 && len(others) == 0 {
		r.Whisper(r.Actor.Member, r.T("pending.none"))
		return nil
	}
	pages := (total + pendingLines - 1) / pendingLines
	lines := others
	if len(list) > 0 {
		lines = append(lines, r.T("pending.title", "Count", total, "Page", page, "Pages", pages))
	}
	for _, p := range list {
		lines = append(lines, r.T("pending.line", "Name", c.echo(p.Name), "ID", string(p.Member), "Groups", c.places(p.Groups),
			"Since", p.Since.In(c.Calendar.Zone()).Format("01-02"), "Messages", p.Messages, "Points", p.Points))
		for _, who := range p.Candidates[:min(3, len(p.Candidates))] {
			lines = append(lines, r.T("pending.candidate", "Name", c.echo(who.Name), "Evidence", evidenceIn(r.T, who.Evidence),
				"ID", string(p.Member), "Candidate", string(who.Member)))
		}
		if len(p.Candidates) == 0 {
			lines = append(lines, r.T("pending.nobody", "ID", string(p.Member)))
		}
	}
	if page < pages {
		lines = append(lines, r.T("pending.more", "Page", page+1))
	}
	r.Whisper(r.Actor.Member, strings.Join(append(lines, r.T("pending.how")), "\n"))
	return nil
}

// pendingOthers are the lines about groups that were not recognised, and about strangers who ask to be friends.
func (c *Community) pendingOthers(ctx context.Context, r *bot.Request, first bool) (lines []string, err error) {
	if !first {
		return nil, nil
	}
	groups, err := UnsureGroups(ctx, c.db)
	if err != nil {
		return nil, err
	}
	for _, g := range groups[:min(pendingLines, len(groups))] {
		known, err := c.Place(ctx, g.Candidate)
		if err != nil {
			return nil, err
		}
		kv := []any{"Name", c.Words.ScreenName(g.GroupName), "ID", string(g.Group), "Known", c.Words.ScreenName(g.CandidateName),
			"Candidate", string(g.Candidate), "Percent", int(g.Share * 100), "Code", known.Code}
		lines = append(lines, r.T("pending.group", kv...))
		if known.Code != "" {
			lines = append(lines, r.T("pending.group_code", kv...))
		}
		lines = append(lines, r.T("pending.group_claim", kv...))
	}
	var names []string
	if err := c.db.Conn(ctx).Raw(`SELECT c.name FROM friend_requests c WHERE c.state = ? AND `+live+` AND NOT EXISTS (SELECT 1 FROM bindings b
		WHERE b.transport = c.transport AND b.session = c.session AND b.user_id = c.user_id) ORDER BY c.asked_at DESC LIMIT ?`,
		friendWaiting, pendingLines).Scan(&names).Error; err != nil {
		return nil, fmt.Errorf("friend requests: %w", err)
	}
	if len(names) > 0 {
		lines = append(lines, r.T("pending.friends", "Names", c.places(names)))
	}
	return lines, nil
}

// places are the names of groups, safe to say.
func (c *Community) places(names []string) string {
	safe := make([]string, len(names))
	for i, name := range names {
		safe[i] = c.Words.ScreenName(name)
	}
	return strings.Join(safe, "、")
}
