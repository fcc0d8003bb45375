package community_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

func TestPeopleAreLookedUpByWhatTheyAreCalled(t *testing.T) {
	each(t, func(t *testing.T, db bot.Storage) {
		within(t, db, func(ctx context.Context) {
			for _, q := range []string{
				`INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) VALUES
					('m1', '小明', '小明', 0, 1, 3, FALSE), ('m2', '小明明', '小明明', 0, 1, 0, FALSE), ('m3', 'Cathy_100%', 'cathy_100%', 0, 1, 0, FALSE),
					('m4', '从前', '从前', 0, 1, 2, FALSE), ('m5', '小明说过', '小明说过', 0, 0, 0, FALSE)`,
				`INSERT INTO groups (id, name, language, adopted, created_at) VALUES ('g1', '大群', 'zh', TRUE, 1)`,
				`INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) VALUES ('g1', 'm3', '凯西', '凯西', 1, 0)`,
				`INSERT INTO aliases (alias, member_id, at, by_member, evidence) VALUES ('m4', 'm2', 1, '', '')`,
			} {
				if err := db.Conn(ctx).Exec(q).Error; err != nil {
					t.Fatal(err)
				}
			}
		})
		for words, want := range map[string][]community.MemberID{
			"小明": {"m1"}, "小": {"m1", "m2"}, "ＣＡＴＨＹ": {"m3"}, "凯西": {"m3"}, "从前": {"m2"}, "_": {"m3"}, "0%": {"m3"}, "%": {"m3"},
			"谁": nil, "": nil, " ": nil, `\`: nil,
		} {
			var got []community.MemberID
			for _, p := range must(community.Lookup(t.Context(), db, words, 5))(t) {
				got = append(got, p.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q: %s", words, diff)
			}
		}
		p, ok, err := community.ReadPerson(t.Context(), db, "m1")
		if err != nil || !ok || p.Role != bot.Owner || p.Name != "小明" {
			t.Errorf("%+v, %v, %v", p, ok, err)
		}
		if p, _, _ := community.ReadPerson(t.Context(), db, "m4"); p.ID != "m2" || p.Role != bot.Member {
			t.Errorf("who was merged away has the role of their person: %+v", p)
		}
		if id, ok, err := community.AnOwner(t.Context(), db); id != "m1" || !ok || err != nil {
			t.Errorf("the owner is %s, %v, %v", id, ok, err)
		}
		if _, ok, err := community.ReadPerson(t.Context(), db, "m99"); ok || err != nil {
			t.Errorf("nobody stands: %v, %v", ok, err)
		}
	})
}
