package ambassador_test

import (
	"testing"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/ambassador"
)

// TestFunnel counts by hand: D7 is one of the Days 1 to 7 after the first, D30 one of 1 to 30, and who came too late for a
// window is not counted in it.
func TestFunnel(t *testing.T) {
	const d = community.Day(100)
	var f ambassador.Funnel
	for _, n := range []ambassador.Newcomer{
		{First: d},                                               // says nothing
		{First: d, Active: []community.Day{d}},                   // on the first Day only
		{First: d, Active: []community.Day{d, d + 7}},            // on the last of the seven
		{First: d, Active: []community.Day{d, d + 8}},            // on the next
		{First: d, Active: []community.Day{d + 30}},              // on the last of thirty
		{First: d + 2, Active: []community.Day{d + 2, d + 3}},    // whose thirty are not over on the Day d + 32
		{First: d + 1, Active: []community.Day{d + 1}},           // whose last of thirty was yesterday
		{First: d + 25, Active: []community.Day{d + 25}},         // whose seven are not over on the Day d + 32
		{First: d + 24, Active: []community.Day{d + 24, d + 31}}, // whose last of seven was yesterday
	} {
		f.Add(n, d+32)
	}
	if want := (ambassador.Funnel{Joined: 9, Spoke: 8, D7: 3, D7Of: 8, D30: 3, D30Of: 6}); f != want {
		t.Errorf("%+v, want %+v", f, want)
	}
}

// TestTheFunnelOfACampaignIsWhatHappened compares the funnel that is read from the tables with one that is counted from what
// the simulation did.
func TestTheFunnelOfACampaignIsWhatHappened(t *testing.T) {
	f := simulate(t, "sqlite", 21)
	cal := f.Community.Calendar
	first, today := cal.Day(begins), cal.Day(f.at)
	got, err := ambassador.ReadFunnels(t.Context(), f.DB, f.Community, first, first+200, today)
	if err != nil {
		t.Fatal(err)
	}
	// What counts, for whom, is the model's and the transcripts' business.
	var counting []struct{ MemberID, OwnerID string }
	if err := f.DB.Conn(t.Context()).Raw(`SELECT member_id, owner_id FROM invites WHERE state = 'counts'`).Scan(&counting).Error; err != nil {
		t.Fatal(err)
	}
	want := map[string]*ambassador.Funnel{"": {}}
	for _, c := range counting {
		p := f.ids[community.MemberID(c.MemberID)]
		came := first + community.Day(p.joins)
		days := map[community.Day]bool{came: true} // the code itself is a message
		for _, d := range p.talks {
			if p.leaves == 0 || d <= p.leaves {
				days[first+community.Day(d)] = true
			}
		}
		x := want[c.OwnerID]
		if x == nil {
			x = &ambassador.Funnel{}
			want[c.OwnerID] = x
		}
		for _, x := range []*ambassador.Funnel{x, want[""]} {
			x.Joined++
			x.Spoke++
			seven, thirty := false, false
			for d := came + 1; d <= came+30 && d < today; d++ {
				seven, thirty = seven || days[d] && d <= came+7, thirty || days[d]
			}
			if came+7 < today {
				x.D7Of++
				x.D7 += map[bool]int{true: 1}[seven]
			}
			if came+30 < today {
				x.D30Of++
				x.D30 += map[bool]int{true: 1}[thirty]
			}
		}
	}
	for owner, w := range want {
		g := got.Invited
		if owner != "" {
			g = *got.Owners[community.MemberID(owner)]
		}
		if g.Said = 0; g != *w {
			t.Errorf("the funnel of %q is %+v, want %+v", owner, g, *w)
		}
	}
	if got.Organic.Joined < 20 || got.Invited.Joined < 50 {
		t.Errorf("%d came by themselves, %d were invited", got.Organic.Joined, got.Invited.Joined)
	}
}
