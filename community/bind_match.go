package community

import (
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// Trait is what can be seen of somebody in a group, apart from ids that a login makes anew. All of it is
// hostile input: names are chosen by people, and a tag can be copied.
type Trait struct {
	Nick    string `json:"nick"`
	Display string `json:"display,omitempty"`
	Remark  string `json:"remark,omitempty"`
	Attr    string `json:"attr,omitempty"`
	Avatar  string `json:"avatar,omitempty"`
}

func traitOf(p bot.Person) Trait {
	return Trait{Nick: p.Name, Display: p.Display, Remark: p.Remark, Attr: p.Attr, Avatar: p.Avatar}
}

// Tag is the number that ends a name in the group, like 名字#12, ＃０012 or "name #12": digits without the
// zeros before them, empty where there is none.
func (t Trait) Tag() string {
	if !strings.ContainsAny(t.Display, "#＃") {
		return ""
	}
	name := strings.TrimSpace(bot.Fold(t.Display))
	i := strings.LastIndexByte(name, '#')
	digits := strings.TrimSpace(name[i+1:])
	if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return "0"
	}
	return digits
}

// whole is the key of everything that is told of everybody; empty where there is no name to begin with.
func (t Trait) whole() string {
	if t.Nick == "" {
		return ""
	}
	return t.Nick + "\x00" + t.Display + "\x00" + t.Attr
}

// Rule says by what a user was bound to a member.
type Rule string

// The rules by evidence, strongest first, and the others that a binding can have.
const (
	ByRemark Rule = "remark"    // the name that the bot's own account gave this friend
	ByTag    Rule = "tag"       // the number that ends the name in the group
	ByWhole  Rule = "whole key" // nickname, name in the group and attributes, and the picture where it is known
	ByTold   Rule = "told name" // nickname, and name in the group where it is known, of somebody of whom only a file tells

	ByStableID  Rule = "stable id"   // the transport's ids stay the same for ever
	ByFirstSeen Rule = "first seen"  // nobody was known before the transport's first login
	ByArrival   Rule = "arrival"     // they came while we watched, or nobody is missing whom they could be
	ByNothing   Rule = "provisional" // somebody who may be one of those who are missing
)

// weak tells whether anybody can come by what the rule looks at, at a moment that they choose.
func (r Rule) weak() bool { return r == ByWhole || r == ByTold }

// stronger tells whether a rule by evidence outweighs another.
func (r Rule) stronger(than Rule) bool {
	order := [...]Rule{ByRemark, ByTag, ByWhole, ByTold}
	return slices.Index(order[:], r) < slices.Index(order[:], than)
}

// Known is a person whom a group knows, by what was seen of them last.
type Known struct {
	Trait
	Member MemberID
	User   bot.UserID // who they are in this session already; empty where not known yet
	Told   bool       // they were never seen: a file told of them, and what is empty is not known
}

// Present is somebody whom a group's list shows in this session.
type Present struct {
	Trait
	User bot.UserID
}

// Verdict is what the evidence of one group says about one of those present.
type Verdict struct {
	Member MemberID // empty where no rule names anybody
	Rule   Rule
	Frozen bool // a key that should be theirs alone is shared or contradicted: no weaker rule may bind them
}

// match says who of those present is whom, one verdict for each of them, in their order. A rule names somebody only
// where its key is unique among all who are known and all who are present, whoever of them is bound or left:
// so nobody is ever found by elimination. remarks tells that the bot's account gives remarks at all: then a
// friend without the remark that they had is not that friend.
func match(known []Known, present []Present, remarks bool) []Verdict {
	verdicts, known := make([]Verdict, len(present)), slices.Clone(known)
	for _, rule := range [...]struct {
		name Rule
		key  func(Trait) string
	}{
		{ByRemark, func(t Trait) string { return t.Remark }},
		{ByTag, Trait.Tag},
		{ByWhole, Trait.whole},
	} {
		here, there := map[string][]int{}, map[string][]int{}
		for i := range present {
			if key := rule.key(present[i].Trait); key != "" {
				here[key] = append(here[key], i)
			}
		}
		for i := range known {
			if rule.name == ByWhole && known[i].Told {
				continue
			}
			if key := rule.key(known[i].Trait); key != "" && here[key] != nil {
				there[key] = append(there[key], i)
			}
		}
		if rule.name == ByWhole {
			addTold(known, present, here, there)
		}
		for key, ps := range here {
			judge(known, present, verdicts, rule.name, ps, there[key], remarks)
		}
	}
	matchTold(known, present, verdicts, remarks)
	return verdicts
}

// judge decides about those present who share a key of a rule with those known.
func judge(known []Known, present []Present, verdicts []Verdict, rule Rule, ps, ks []int, remarks bool) {
	if rule == ByWhole {
		if len(ps) > 1 || len(ks) > 1 {
			byPicture(known, present, verdicts, ps, ks, remarks)
			return
		}
	} else if len(ps) > 1 || len(ks) > 1 {
		for _, p := range ps {
			if verdicts[p].Member == "" {
				verdicts[p].Frozen = true
			}
		}
		return
	}
	if len(ks) == 1 {
		bindOne(&known[ks[0]], present[ps[0]], &verdicts[ps[0]], rule, remarks)
	}
}

// byPicture tells people of one whole key apart, where the picture of every one of them is known.
func byPicture(known []Known, present []Present, verdicts []Verdict, ps, ks []int, remarks bool) {
	here, there := map[string][]int{}, map[string][]int{}
	for _, p := range ps {
		here[present[p].Avatar] = append(here[present[p].Avatar], p)
	}
	for _, k := range ks {
		there[known[k].Avatar] = append(there[known[k].Avatar], k)
	}
	if here[""] != nil || there[""] != nil {
		return
	}
	for avatar, ps := range here {
		if ks := there[avatar]; len(ps) == 1 && len(ks) == 1 {
			bindOne(&known[ks[0]], present[ps[0]], &verdicts[ps[0]], ByWhole, remarks)
		}
	}
}

// bindOne names k as p by a rule whose key they alone have, unless something stronger contradicts or has named
// somebody else.
func bindOne(k *Known, p Present, v *Verdict, rule Rule, remarks bool) {
	if v.Member != "" || v.Frozen {
		return
	}
	veto := k.User != "" && k.User != p.User
	if rule != ByRemark {
		veto = veto || contradicts(k.Trait, p.Trait, remarks)
	}
	if rule == ByWhole && k.Avatar != "" && p.Avatar != "" {
		veto = veto || k.Avatar != p.Avatar
	}
	if veto {
		v.Frozen = true
		return
	}
	v.Member, v.Rule, k.User = k.Member, rule, p.User
}

// contradicts tells whether remarks say that these are two people.
func contradicts(k, p Trait, remarks bool) bool {
	return k.Remark != "" && k.Remark != p.Remark && (p.Remark != "" || remarks)
}
