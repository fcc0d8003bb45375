package bot

import "time"

// Priority orders what waits to be sent; lower goes first.
type Priority int

// The priorities.
const (
	Alert    Priority = 10 // managers must know now
	Answer   Priority = 20 // somebody asked
	Notice   Priority = 30 // something that people are owed
	Post     Priority = 40 // a scheduled word to the group
	Friendly Priority = 50 // nudges, cheers
)

// Outcome is the state of something said.
type Outcome string

// The outcomes. Pending and Sending are on the way; the others are final.
const (
	Pending  Outcome = "pending"
	Sending  Outcome = "sending"
	Sent     Outcome = "sent"
	Failed   Outcome = "failed"   // it certainly was not delivered
	Unknown  Outcome = "unknown"  // it may have been delivered, so it is never sent again blindly
	Withheld Outcome = "withheld" // we chose not to send it: too late, guarded, or against our own word list
)

// Action is what an Outgoing does beside or instead of speaking.
type Action string

// The actions.
const (
	Speak        Action = ""
	AcceptFriend Action = "accept_friend" // Token is the Ref of the FriendAsked event
	// InviteToGroup asks the one member in Mention, who is a friend of the bot, into Group; nothing is said. A
	// transport that can't do that rejects it.
	InviteToGroup Action = "invite"
	// TakeBack takes back what was said with the receipt in Token; nothing is said. A transport that can't do that rejects it.
	TakeBack Action = "take_back"
)

// Outgoing is something the bot says. Features name the receiver by the community's ids, which outlive a
// login; the engine resolves them when the row is claimed. Exactly one of Group and Member is set.
type Outgoing struct {
	ID      int64
	Feature string // who said it, and hears what became of it
	Ref     string // the feature's own name for it; comes back in the Delivered event
	Event   string // the event that caused it

	Group  string
	Member string
	Via    string // the transport of a group that is in several; empty, or where it is not in that one: its latest

	Text     string
	Mention  []string // members to address, by the community's ids
	Picture  []byte   // PNG; sent before the text
	Priority Priority
	Action   Action
	Token    string // see Action

	// Several answers of one kind that wait for one group may be said in one message: those with the same
	// feature and Merge, as MergeHead and then their MergeItems. Empty: never merged.
	Merge     string
	MergeHead string // "签到成功："
	MergeItem string // "小明 第3天 +5"

	SaidAt    time.Time // the time of the event that caused it
	NotBefore time.Time // zero: at once
	NotAfter  time.Time // zero: never too late
	Guard     string    // a named check of its feature, run when the row is claimed
	Secret    bool      // the words are for their reader only: they are not kept once it is known what became of them
	Dated     bool      // a manager chose NotBefore: it is said then even where that is at night

	Route    Route    // resolved when claimed
	Mentions []Person // resolved when claimed

	ritual   bool   // it belongs to an occurrence
	withheld string // why it is not even tried
}

// Route is where something goes: a chat or a person of one transport.
type Route struct {
	Transport string
	Chat      ChatID // the group; empty in private
	User      UserID // the person; empty in a group
}
