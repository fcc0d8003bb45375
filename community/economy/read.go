package economy

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// Read reads the economy of a community at one moment: several ids of a person are one in its concentration, and
// who is in out, staff and bots, has no part in it. Months are those of the zone.
func Read(ctx context.Context, db bot.Storage, zone *time.Location, at time.Time, out map[community.MemberID]bool) (points.Economy, error) {
	aliases, err := community.Aliases(ctx, db)
	if err != nil {
		return points.Economy{}, err
	}
	return points.New(db.Conn, db.Tx).Economy(ctx, points.EconomyQuery{At: at, Zone: zone, Person: func(name string) string {
		id := aliases.Resolve(community.MemberID(name))
		if out[id] {
			return ""
		}
		return string(id)
	}})
}
