package ambassador

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// moments are whom a person invited, and by whose code they came.
func (f *feature) moments(ctx context.Context, q *bot.Query, ids []community.MemberID, limit int) (list []community.Moment, err error) {
	in, args := community.In(ids)
	invites, err := f.invites(ctx, `WHERE i.owner_id IN `+in+` OR i.member_id IN `+in+` ORDER BY i.id DESC LIMIT ?`, append(append(args, args...), limit)...)
	if err != nil {
		return nil, err
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range invites {
		key, other := "moment.invited", v.Member
		if d.Who(v.Member) == d.Who(ids[0]) {
			key, other = "moment.came", v.Owner
		}
		names, err := d.Called(ctx, other)
		if err != nil {
			return nil, err
		}
		name := names[other]
		if other == "" {
			name = v.Code
		}
		list = append(list, community.Moment{At: v.At, Text: q.T(key, "Name", name),
			Link: &bot.ViewRef{View: "ambassador.invitations", Params: map[string]string{"member": string(d.Who(ids[0]))}}})
	}
	return list, nil
}
