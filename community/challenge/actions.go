package challenge

import (
	"context"

	"github.com/weilu-im/weilu/community"
)

// actions tells who checked in to a challenge on which Day; days made up, of leave and given after an outage are none.
func (f *feature) actions(ctx context.Context, from, to community.Day, each func(community.Day, community.MemberID)) error {
	return f.db.Each(ctx, func(scan func(...any) error) error {
		var day community.Day
		var member community.MemberID
		err := scan(&day, &member)
		each(day, member)
		return err
	}, `SELECT day, member_id FROM challenge_marks WHERE day >= ? AND day < ? AND kind = ? AND gone_seq = 0`, int(from), int(to), string(Done))
}

// marksBy is how often each id checked in to a challenge on the Days from <= Day < to.
func (f *feature) marksBy(ctx context.Context, challenge int64, from, to int) (map[community.MemberID]int, error) {
	by := map[community.MemberID]int{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var member community.MemberID
		var n int
		err := scan(&member, &n)
		by[member] = n
		return err
	}, `SELECT member_id, COUNT(*) FROM challenge_marks WHERE challenge_id = ? AND day >= ? AND day < ? AND kind = ? AND gone_seq = 0 GROUP BY member_id`,
		challenge, from, to, string(Done))
	return by, err
}
