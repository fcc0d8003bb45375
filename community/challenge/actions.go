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
