package community

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// PlaceCandidate is a group that another, new one may be.
type PlaceCandidate struct {
	Group, Candidate         GroupID
	GroupName, CandidateName string
	Share                    float64 // of those known present in the candidate who are in the group
}

// UnsureGroups lists the groups of this login that may be groups known from before, with which ones. An operator settles
// it by giving the bot, in the chat, the name with the code of the group that it is.
func UnsureGroups(ctx context.Context, db bot.Storage) ([]PlaceCandidate, error) {
	var rows []struct{ GroupID, CandidateID, Name, Known, Evidence string }
	if err := db.Conn(ctx).Raw(`SELECT p.group_id, p.candidate_id, g.name, k.name AS known, p.evidence FROM group_candidates p
		JOIN groups g ON g.id = p.group_id JOIN groups k ON k.id = p.candidate_id
		WHERE EXISTS (SELECT 1 FROM chats c WHERE c.group_id = p.group_id AND ` + live + `)
		AND NOT EXISTS (SELECT 1 FROM chats c WHERE c.group_id = p.candidate_id AND ` + live + `)
		ORDER BY LENGTH(p.group_id), p.group_id, LENGTH(p.candidate_id), p.candidate_id`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("unsure groups: %w", err)
	}
	list := make([]PlaceCandidate, len(rows))
	for i, row := range rows {
		list[i] = PlaceCandidate{Group: GroupID(row.GroupID), Candidate: GroupID(row.CandidateID), GroupName: row.Name, CandidateName: row.Known}
		var evidence struct{ Share float64 }
		if err := json.Unmarshal([]byte(row.Evidence), &evidence); err != nil {
			return nil, fmt.Errorf("unsure groups: %s: %w", row.GroupID, err)
		}
		list[i].Share = evidence.Share
	}
	return list, nil
}
