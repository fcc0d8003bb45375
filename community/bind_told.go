package community

// nicks are the indices of people by nickname.
func nicks[P any](list []P, nick func(P) string) map[string][]int {
	at := map[string][]int{}
	for i, p := range list {
		if name := nick(p); name != "" {
			at[name] = append(at[name], i)
		}
	}
	return at
}

// fits tells whether a name in the group can be that of somebody of whom a file tells.
func (k Known) fits(display string) bool { return k.Display == "" || k.Display == display }

// addTold adds, to those seen before who share a whole key with somebody present, the people of whom only a file tells
// and who may share it too: then nobody knows which of them it is.
func addTold(known []Known, present []Present, here, there map[string][]int) {
	var told map[string][]int
	for key, ks := range there {
		if told == nil {
			told = nicks(known, func(k Known) string { return k.Nick })
		}
		p := present[here[key][0]]
		for _, i := range told[p.Nick] {
			if known[i].Told && known[i].fits(p.Display) {
				ks = append(ks, i)
			}
		}
		there[key] = ks
	}
}

// matchTold finds people of whom only a file tells by their nickname and, where the file has it, their name in the group.
// That is little, so it must be nobody else's among all who are known and all who are present.
func matchTold(known []Known, present []Present, verdicts []Verdict, remarks bool) {
	var here, there map[string][]int
	for i := range known {
		k := &known[i]
		if !k.Told || k.Nick == "" {
			continue
		}
		if here == nil {
			here = nicks(present, func(p Present) string { return p.Nick })
			there = nicks(known, func(k Known) string { return k.Nick })
		}
		var alike []int
		for _, p := range here[k.Nick] {
			if k.fits(present[p].Display) {
				alike = append(alike, p)
			}
		}
		rivals := 0
		for _, o := range there[k.Nick] {
			if o != i && (k.fits(known[o].Display) || known[o].Told && known[o].fits(k.Display)) {
				rivals++
			}
		}
		if len(alike) == 1 && rivals == 0 {
			bindOne(k, present[alike[0]], &verdicts[alike[0]], ByTold, remarks)
		}
	}
}

// differs lists what of somebody known is not the same as what is seen; what was only told says nothing about the rest.
func (k Known) differs(p Trait) []string {
	if k.Told {
		k.Attr, k.Avatar = p.Attr, p.Avatar
		if k.Display == "" {
			k.Display = p.Display
		}
		if k.Remark == "" {
			k.Remark = p.Remark
		}
	}
	return differs(k.Trait, p)
}
