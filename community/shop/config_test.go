package shop_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config"
)

var badKey = regexp.MustCompile(`shop\.goods\[\d\]\.(\w+):`)

func TestEverythingThatIsWrongWithGoodsIsToldAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ goods, want string }{
		"goods that say only what they must":   {`[{id: 1, name: 杯, price: 5}]`, ``},
		"goods with everything":                {`[{id: 99, name: 杯, about: 白, price: 5, stock: 0, limit: 2, per: week, from: 2026-12-01, until: 2026-12-01, kind: code}]`, ``},
		"a number that is the managers'":       {`[{id: 101, name: 杯, price: 5}]`, `id`},
		"two goods of one number":              {`[{id: 1, name: 杯, price: 5}, {id: 1, name: 帽, price: 5}]`, `id`},
		"no name and no price":                 {`[{id: 1}]`, `name price`},
		"a name of two lines":                  {`[{id: 1, name: "a\nb", price: 5}]`, `name`},
		"fewer than none":                      {`[{id: 1, name: 杯, price: -5, stock: -1, limit: -1}]`, `price stock limit`},
		"a period without a limit":             {`[{id: 1, name: 杯, price: 5, per: week}]`, `per`},
		"words that mean nothing":              {`[{id: 1, name: 杯, price: 5, limit: 1, per: year, kind: gift, from: soon}]`, `per kind from`},
		"an end before the beginning":          {`[{id: 1, name: 杯, price: 5, from: 2026-12-02, until: 2026-12-01}]`, `until`},
		"goods for a tier":                     {`[{id: 1, name: 杯, price: 5, tier: koc}]`, ``},
		"a tier that there is not":             {`[{id: 1, name: 杯, price: 5, tier: gold}]`, `tier`},
		"a price that no account could hold":   {`[{id: 1, name: 杯, price: 1000001}]`, `price`},
		"a day that is not in the calendar":    {`[{id: 1, name: 杯, price: 5, until: 2026-02-30}]`, `until`},
		"a name that is longer than any shelf": {`[{id: 1, name: ` + strings.Repeat("长", 41) + `, price: 5}]`, `name`},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := config.Open(config.Source{Set: map[string]string{"shop.goods": c.goods}})
			if err != nil {
				t.Fatal(err)
			}
			cfg := shop.Defaults()
			f.Section("shop", &cfg)
			var keys []string
			if err := f.Err(); err != nil {
				for _, m := range badKey.FindAllStringSubmatch(err.Error(), -1) {
					keys = append(keys, m[1])
				}
			}
			if diff := cmp.Diff(sorted(strings.Fields(c.want)), sorted(keys)); diff != "" {
				t.Errorf("%v:\n%s", f.Err(), diff)
			}
		})
	}
}

func TestLastDaysThatAreOverAreTold(t *testing.T) {
	cfg := shop.Config{Goods: []shop.Goods{{Until: "2026-03-01"}, {}, {Until: "2026-03-02"}}}
	if diff := cmp.Diff([]string{"goods[0].until"}, cfg.Past(community.Date(2026, time.March, 2))); diff != "" {
		t.Error(diff)
	}
}
