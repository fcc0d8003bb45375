package community

// MemberID is the community's own id of a person ("m17"). It outlives logins, groups and nicknames;
// everything durable hangs on it.
type MemberID string

// GroupID is the community's own id of a group ("g3").
type GroupID string
