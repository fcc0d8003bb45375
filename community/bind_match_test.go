package community_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// drawTrait draws from so few values that people are often alike.
func drawTrait(t *rapid.T) community.Trait {
	return community.Trait{
		Nick:    rapid.SampledFrom([]string{"", "甲", "乙", "丙"}).Draw(t, "nick"),
		Display: rapid.SampledFrom([]string{"", "", "甲#1", "甲＃01", "乙#2", "丁"}).Draw(t, "display"),
		Remark:  rapid.SampledFrom([]string{"", "", "", "老张", "老李"}).Draw(t, "remark"),
		Attr:    rapid.SampledFrom([]string{"0", "1"}).Draw(t, "attr"),
		Avatar:  rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "avatar"),
	}
}

func TestABindingIsOnlyMadeWhereItsKeyIsUniqueOnBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known, present := make([]community.Known, rapid.IntRange(0, 6).Draw(t, "known")), make([]community.Present, rapid.IntRange(0, 6).Draw(t, "present"))
		for i := range known {
			known[i] = community.Known{Trait: drawTrait(t), Member: community.MemberID(fmt.Sprint("m", i))}
			if k := &known[i]; rapid.IntRange(0, 3).Draw(t, "told") == 0 {
				k.Told, k.Attr, k.Avatar = true, "", ""
			}
			if rapid.IntRange(0, 3).Draw(t, "taken") == 0 {
				known[i].User = bot.UserID(fmt.Sprint("u", rapid.IntRange(0, 9).Draw(t, "by")))
			}
		}
		for i := range present {
			present[i] = community.Present{Trait: drawTrait(t), User: bot.UserID(fmt.Sprint("u", i))}
		}
		remarks := rapid.Bool().Draw(t, "remarks")
		verdicts := community.Match(known, present, remarks)
		claimed := map[community.MemberID]bool{}
		for i, v := range verdicts {
			if v.Member == "" {
				continue
			}
			if claimed[v.Member] || v.Frozen {
				t.Fatalf("%s is claimed twice, or frozen: %+v", v.Member, v)
			}
			claimed[v.Member] = true
			checkUnique(t, known, present, i, v, remarks)
		}

		// Whatever the order, the verdicts are the same.
		ks, ps := rapid.Permutation(known).Draw(t, "shuffled known"), rapid.Permutation(present).Draw(t, "shuffled present")
		want := map[bot.UserID]community.Verdict{}
		for i, v := range verdicts {
			want[present[i].User] = v
		}
		for i, v := range community.Match(ks, ps, remarks) {
			if v != want[ps[i].User] {
				t.Fatalf("in another order %s is %+v, and was %+v", ps[i].User, v, want[ps[i].User])
			}
		}
	})
}

// checkUnique judges one binding by the words of the rules, without an index.
func checkUnique(t *rapid.T, known []community.Known, present []community.Present, i int, v community.Verdict, remarks bool) {
	p := present[i]
	if v.Rule == community.ByTold {
		checkTold(t, known, present, i, v, remarks)
		return
	}
	key := func(t, other community.Trait) bool {
		switch v.Rule {
		case community.ByRemark:
			return t.Remark == other.Remark
		case community.ByTag:
			return t.Tag() == other.Tag()
		}
		return t.Nick == other.Nick && t.Display == other.Display && t.Attr == other.Attr && (t.Avatar == "" || other.Avatar == "" || t.Avatar == other.Avatar)
	}
	var holders []community.Known
	for _, k := range known {
		told := v.Rule == community.ByWhole && k.Told && k.Nick == p.Nick && (k.Display == "" || k.Display == p.Display)
		if told || key(k.Trait, p.Trait) {
			holders = append(holders, k)
		}
	}
	if len(holders) != 1 || holders[0].Member != v.Member {
		t.Fatalf("%+v is bound by %s to %s, and the key is of %+v", p, v.Rule, v.Member, holders)
	}
	for j, other := range present {
		if j != i && key(other.Trait, p.Trait) {
			t.Fatalf("%+v and %+v share the key of %s", p, other, v.Rule)
		}
	}
	k := holders[0]
	if k.User != "" && k.User != p.User {
		t.Fatalf("%s is bound a second time", k.Member)
	}
	if v.Rule == community.ByWhole && p.Nick == "" {
		t.Fatal("bound without a name")
	}
	if v.Rule != community.ByRemark && k.Remark != "" && k.Remark != p.Remark && (p.Remark != "" || remarks) {
		t.Fatalf("%+v is bound to %+v against the remark", p, k)
	}
	for _, other := range known {
		if v.Rule == community.ByWhole && p.Tag() != "" && other.Member != k.Member && other.Tag() == p.Tag() {
			t.Fatalf("%+v is bound although %+v had the tag too", p, other)
		}
	}
	for j, other := range present {
		if v.Rule == community.ByWhole && j != i && p.Tag() != "" && other.Tag() == p.Tag() {
			t.Fatalf("%+v is bound although %+v has the tag too", p, other)
		}
	}
}

func TestATagOfTwoThatAreKnownBindsNobodyByLess(t *testing.T) {
	known := []community.Known{
		{Member: "m1", Trait: community.Trait{Nick: "甲", Display: "甲#1"}}, {Member: "m2", Trait: community.Trait{Nick: "乙", Display: "乙#1"}},
	}
	v := community.Match(known, []community.Present{{User: "a", Trait: known[0].Trait}}, false)
	if v[0].Member != "" || !v[0].Frozen {
		t.Errorf("got %+v", v[0])
	}
}

// checkTold judges one binding of somebody of whom only a file tells.
func checkTold(t *rapid.T, known []community.Known, present []community.Present, i int, v community.Verdict, remarks bool) {
	p := present[i]
	k := known[slices.IndexFunc(known, func(k community.Known) bool { return k.Member == v.Member })]
	if !k.Told || k.Nick == "" || k.Nick != p.Nick || k.Display != "" && k.Display != p.Display {
		t.Fatalf("%+v is bound by the name of %+v", p, k)
	}
	for _, o := range known {
		if o.Member != k.Member && o.Nick == k.Nick && (k.Display == "" || o.Display == k.Display || o.Told && o.Display == "") {
			t.Fatalf("%+v is bound as %+v, and may be %+v", p, k, o)
		}
	}
	for j, o := range present {
		if j != i && o.Nick == k.Nick && (k.Display == "" || o.Display == k.Display) {
			t.Fatalf("%+v is bound as %+v, who may be %+v", p, k, o)
		}
	}
	if k.User != "" && k.User != p.User || k.Remark != "" && k.Remark != p.Remark && (p.Remark != "" || remarks) {
		t.Fatalf("%+v is bound as %+v against what is stronger", p, k)
	}
}

func TestAPictureTellsNamesakesApartOnlyWhereEverybodysIsKnown(t *testing.T) {
	k := func(id, avatar string) community.Known {
		return community.Known{Member: community.MemberID(id), Trait: community.Trait{Nick: "甲", Avatar: avatar}}
	}
	p := func(user, avatar string) community.Present {
		return community.Present{User: bot.UserID(user), Trait: community.Trait{Nick: "甲", Avatar: avatar}}
	}
	for name, c := range map[string]struct {
		known   []community.Known
		present []community.Present
		want    []community.MemberID
	}{
		"all are known":      {[]community.Known{k("m1", "x"), k("m2", "y")}, []community.Present{p("a", "y"), p("b", "x")}, []community.MemberID{"m2", "m1"}},
		"one is not":         {[]community.Known{k("m1", "x"), k("m2", "")}, []community.Present{p("a", "y"), p("b", "x")}, []community.MemberID{"", ""}},
		"one who is left":    {[]community.Known{k("m1", "x"), k("m2", "y")}, []community.Present{p("a", "z")}, []community.MemberID{""}},
		"one of two":         {[]community.Known{k("m1", "x"), k("m2", "y")}, []community.Present{p("a", "x")}, []community.MemberID{"m1"}},
		"a changed picture":  {[]community.Known{k("m1", "x")}, []community.Present{p("a", "z")}, []community.MemberID{""}},
		"pictures not known": {[]community.Known{k("m1", "x")}, []community.Present{p("a", "")}, []community.MemberID{"m1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, v := range community.Match(c.known, c.present, false) {
				if v.Member != c.want[i] {
					t.Errorf("%s is %q, want %q", c.present[i].User, v.Member, c.want[i])
				}
			}
		})
	}
}
